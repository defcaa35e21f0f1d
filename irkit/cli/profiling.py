"""The command that tells where the time goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import numpy as np

from irkit.backends import profiling
from irkit.cli.base import FILE, load_model, main, sizes_of
from irkit.cli.running import read_inputs
from irkit.errors import UnsupportedError
from irkit.ir import DType, GraphModel, TensorType, Value, dims
from irkit.ir.types import FLOATS


@main.command()
@FILE
@click.option(
    "--input", "inputs", multiple=True, metavar="[NAME=]X.npy", help="An input; drawn when not given."
)
@click.option(
    "--size", "sizes", multiple=True, metavar="NAME=N", help="What a symbolic size of a drawn input is; 1."
)
@click.option(
    "--backend", type=click.Choice(["onnxruntime", "interpreter"]), default="onnxruntime", show_default=True
)
@click.option(
    "--runs", type=click.IntRange(min=1), default=10, show_default=True, help="Runs that are counted."
)
@click.option("--trace", metavar="OUT.json", help="Write a trace for chrome://tracing or ui.perfetto.dev.")
def profile(
    file: str, inputs: Sequence[str], sizes: Sequence[str], backend: str, runs: int, trace: str | None
) -> None:
    """Tell what each layer takes."""
    model = load_model(file)
    arrays = read_inputs(model, inputs) if inputs else _drawn(model, sizes_of(sizes))
    events = profiling.profile(model, arrays, backend, runs=runs)
    click.echo(profiling.table(events))
    if trace:
        profiling.write_trace(events, trace, backend)
        click.echo(f"wrote {trace}: open it in chrome://tracing or ui.perfetto.dev")


def _drawn(model: GraphModel, sizes: dict[str, int]) -> list[Any]:
    rng = np.random.default_rng(0)
    return [_array(value, sizes, rng) for value in model.user_inputs]


def _array(value: Value, sizes: dict[str, int], rng: np.random.Generator) -> Any:  # noqa: ANN401  # an array
    """Normal floats; zeros of other types, which every embedding knows."""
    type_ = value.type
    if not isinstance(type_, TensorType) or type_.shape is None or type_.dtype is DType.string:
        raise UnsupportedError(
            f"The input '{value.name}' ({type_}) cannot be drawn.", cure="Give --input FILE.npy."
        )
    symbols = {name: sizes.get(name, 1) for size in type_.shape for name in dims.symbols(size)}
    shape = [int(dims.substitute(size, symbols)) for size in type_.shape]  # type: ignore[arg-type]  # all are known
    if type_.dtype in FLOATS:
        return rng.standard_normal(shape).astype(type_.dtype.numpy)
    return np.zeros(shape, type_.dtype.numpy)
