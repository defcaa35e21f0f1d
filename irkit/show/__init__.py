"""Looking at models: the table of layers, pictures, and the textual form of graphs."""

from irkit.show.plot import dot, plot
from irkit.show.summary import summary, summary_data
from irkit.show.text import to_text
from irkit.show.text_parser import parse

__all__ = ["dot", "parse", "plot", "summary", "summary_data", "to_text"]
