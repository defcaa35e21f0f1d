"""The command that runs a model on arrays in files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import numpy as np

from irkit import execution
from irkit.cli.base import FILE, load_model, main
from irkit.cli.sandbox import run_in_sandbox
from irkit.errors import ArgumentError
from irkit.ir import GraphModel


@main.command()
@FILE
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="[NAME=]X.npy",
    help="An input; the name may be left out when there is one.",
)
@click.option("--output", "outputs", multiple=True, metavar="[NAME=]Y.npy", help="Where to write an output.")
@click.option(
    "--backend",
    default="onnxruntime",
    show_default=True,
    help="Who computes: onnxruntime, interpreter, native, or a third party's.",
)
@click.option("--sandbox", is_flag=True, help="In a process of its own, with limits: for a stranger's model.")
@click.option(
    "--seconds", type=click.IntRange(1), default=60, show_default=True, help="With --sandbox: of computing."
)
@click.option(
    "--megabytes",
    type=click.IntRange(1024),
    default=8192,
    show_default=True,
    help="With --sandbox: of memory, and of output.",
)
@click.pass_context
def run(
    context: click.Context,
    file: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    backend: str,
    sandbox: bool,
    seconds: int,
    megabytes: int,
) -> None:
    """Run the model on arrays in .npy files. Without --output, the outputs are printed."""
    if sandbox:
        named = [f"--input={path}" for path in inputs] + [f"--output={path}" for path in outputs]
        arguments = ["run", f"--backend={backend}", *named, "--", file]
        context.exit(run_in_sandbox(arguments, seconds, megabytes))
    model = load_model(file)
    arrays = read_inputs(model, inputs)
    results = execution.backend(backend).prepare(model).run(arrays)
    names = list(model.outputs)
    wanted = _named(outputs, names, "output")
    for name, result in zip(names, results, strict=True):
        if name in wanted:
            np.save(wanted[name], result, allow_pickle=False)
        elif not wanted:
            click.echo(f"{name}: {result.dtype}{list(result.shape)}\n{result}")


def read_inputs(model: GraphModel, given: Sequence[str]) -> list[Any]:
    """The arrays in files like NAME=X.npy, in the order of the model's inputs. Raises ArgumentError, OSError."""
    names = list(model.inputs)
    paths = _named(given, names, "input")
    missing = [n for n in names if n not in paths]
    if missing:
        raise ArgumentError(
            f"the model needs the input {', '.join(missing)}.", cure=f"Give --input {missing[0]}=FILE.npy."
        )
    try:
        return [np.load(paths[n], allow_pickle=False) for n in names]
    except ValueError as error:
        raise ArgumentError(
            "an input is not a .npy file of numbers.", cure="Write it with numpy.save."
        ) from error


def _named(given: Sequence[str], names: Sequence[str], what: str) -> dict[str, str]:
    """NAME=PATH, or PATH alone where there is one name. Raises ArgumentError for other names."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, path = text.partition("=")
        if not equals and len(names) == 1:
            name, path = names[0], text
        if name not in names:
            raise ArgumentError(
                f"the model has no {what} called {name!r}.", cure=f"Its {what}s are {', '.join(names)}."
            )
        found[name] = path
    return found
