"""Looking at models: the table of layers, pictures, and the textual form of graphs."""

from irkit.show.plot import dot, plot
from irkit.show.summary import summary, summary_data

__all__ = ["dot", "plot", "summary", "summary_data"]
