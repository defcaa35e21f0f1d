"""The command `irkit` itself, and what its sub-commands share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from irkit import serialize
from irkit.errors import ArgumentError, IrkitError
from irkit.ir import GraphModel

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False))


class _Group(click.Group):
    """Every error that irkit raises on purpose is one message and exit code 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's signature
        try:
            return super().invoke(ctx)
        except IrkitError as error:
            error.called_from = ""  # no program of the user's is running
            raise click.ClickException(str(error)) from error
        except MemoryError as error:
            raise click.ClickException("the model needs more memory than there is.") from error
        except OSError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="irkit")
def main() -> None:
    """Look at, check, run and export models saved by irkit (.irk files)."""


def load_model(file: str, verify: serialize.Verify = "auto") -> GraphModel:
    """The model in `file`; an error names it."""
    try:
        return serialize.load(file, verify=verify)
    except IrkitError as error:
        raise error.at(layer=file) from None


def sizes_of(given: Sequence[str]) -> dict[str, int]:
    """What options like --size batch=8 say. Raises ArgumentError."""
    found: dict[str, int] = {}
    for text in given:
        name, _, number = text.partition("=")
        if not number.isdigit():
            raise ArgumentError(f"{text!r} is no size.", cure="Write --size batch=8.")
        found[name] = int(number)
    return found
