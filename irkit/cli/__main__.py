"""python -m irkit.cli, where the command is not on the path."""

from irkit.cli import main

main()
