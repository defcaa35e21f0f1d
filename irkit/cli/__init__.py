"""The command `irkit`: look at a model file, check it, run it, and turn it into other forms.

Each module here adds its sub-commands to `main` when it is imported.
"""

from irkit.cli import converting, looking, optimizing, profiling, running, trusting
from irkit.cli.base import main

__all__ = ["converting", "looking", "main", "optimizing", "profiling", "running", "trusting"]
