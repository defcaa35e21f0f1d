"""The command that tells a file from another: digest."""

from __future__ import annotations

import click

from irkit.cli.base import FILE, main
from irkit.errors import IrkitError
from irkit.serialize import digest as digest_of


@main.command()
@FILE
def digest(file: str) -> None:
    """Verify the file completely and print its SHA-256: one for all that is in it, to sign or to compare."""
    try:
        click.echo(f"sha256:{digest_of(file)}  {file}")
    except IrkitError as error:
        raise error.at(layer=file) from None
