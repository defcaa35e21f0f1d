"""Commands about cost: optimize a model, and plan its memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from irkit import serialize
from irkit.cli.base import FILE, load_model, main, sizes_of
from irkit.passes import LEVELS, Report, optimized
from irkit.passes.folding import BUDGET
from irkit.planning import plan_memory

_SHOWN = 20  # rewrites that are printed unless all are wanted


@main.command()
@FILE
@click.argument("to_file", type=click.Path(dir_okay=False))
@click.option(
    "--level",
    type=click.IntRange(0, len(LEVELS) - 1),
    default=len(LEVELS) - 1,
    show_default=True,
    help="1: nothing superfluous. 2: nothing twice. 3: also weights are combined, which rounds differently.",
)
@click.option(
    "--budget",
    type=int,
    default=BUDGET,
    show_default=True,
    help="Bytes of constants that one operation may become.",
)
@click.option("--all", "show_all", is_flag=True, help="Print every rewrite.")
def optimize(file: str, to_file: str, level: int, budget: int, show_all: bool) -> None:
    """Write a model with fewer operations, and tell what was changed and why. Samples in the file stay as they are."""
    model, report = optimized(load_model(file), level, budget=budget)
    samples = serialize.load_samples(file)  # with the answers of the model as it was
    serialize.save(model, to_file, samples=samples or None)
    click.echo(f"level {level}: {report}")
    _print_rewrites(report, show_all)
    before, after = (Path(f).stat().st_size for f in (file, to_file))
    click.echo(f"wrote {to_file}: {before:,} → {after:,} bytes")


def _print_rewrites(report: Report, show_all: bool) -> None:
    shown = report.witnesses if show_all else report.witnesses[:_SHOWN]
    for witness in shown:
        click.echo(f"  {witness}")
    if len(shown) < len(report.witnesses):
        click.echo(f"  … and {len(report.witnesses) - len(shown):,} more: --all prints them.")


@main.command()
@FILE
@click.option(
    "--size", "sizes", multiple=True, metavar="NAME=N", help="What a symbolic size is; 1 by default."
)
@click.option("--donate", multiple=True, metavar="INPUT", help="An input that may be overwritten.")
def plan(file: str, sizes: Sequence[str], donate: Sequence[str]) -> None:
    """Tell what memory the intermediate results need."""
    click.echo(plan_memory(load_model(file), sizes_of(sizes), donated=donate))
