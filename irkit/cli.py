"""The command `irkit`: look at a model file, check it, run it, and turn it into other forms."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from irkit import execution, serialize, show
from irkit.check import check as check_model
from irkit.errors import ArgumentError, IrkitError
from irkit.frontends.onnx_import import graph_model
from irkit.ir import GraphModel

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False))


class _Group(click.Group):
    """Every error that irkit raises on purpose is one message and exit code 1, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's signature
        try:
            return super().invoke(ctx)
        except IrkitError as error:
            error.called_from = ""  # no program of the user's is running
            raise click.ClickException(str(error)) from error
        except OSError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="irkit")
def main() -> None:
    """Look at, check, run and export models saved by irkit (.irk files)."""


def _load(file: str, verify: serialize.Verify = "auto") -> GraphModel:
    """The model in `file`; an error names it."""
    try:
        return serialize.load(file, verify=verify)
    except IrkitError as error:
        raise error.at(layer=file) from None


@main.command()
@_FILE
@click.option("--expand-nested", is_flag=True, help="Also show the layers inside nested models.")
@click.option("--show-trainable", is_flag=True, help="Say of each layer whether it is trained.")
@click.option("--line-length", type=int, help="Characters of a line.")
def summary(file: str, expand_nested: bool, show_trainable: bool, line_length: int | None) -> None:
    """Print the table of layers: output shapes, parameters, connections."""
    model = _load(file)
    click.echo(
        show.summary(
            model, line_length=line_length, expand_nested=expand_nested, show_trainable=show_trainable
        )
    )


@main.command()
@_FILE
@click.option(
    "-o", "--to-file", default="model.png", show_default=True, help="Ends in .svg, .png, .pdf or .dot."
)
@click.option("--show-shapes", is_flag=True, help="Write the shapes into the boxes.")
@click.option("--show-dtype", is_flag=True, help="Write the dtypes into the boxes.")
@click.option("--show-layer-names/--hide-layer-names", default=True, show_default=True)
@click.option("--show-layer-activations", is_flag=True, help="Write the activations into the boxes.")
@click.option("--show-trainable", is_flag=True, help="Say of each layer whether it is trained.")
@click.option("--expand-nested", is_flag=True, help="Draw the inside of nested models.")
@click.option("--rankdir", type=click.Choice(["TB", "LR", "BT", "RL"]), default="TB", show_default=True)
@click.option("--dpi", default=200, show_default=True, help="Resolution of a .png.")
def plot(file: str, to_file: str, **options: Any) -> None:  # noqa: ANN401  # handed on to show.plot
    """Draw the model."""
    show.plot(_load(file), to_file, **options)
    click.echo(f"wrote {to_file}")


@main.command()
@_FILE
def check(file: str) -> None:
    """Verify the file completely, weights included, and report every problem. Exit code 1 if there is one."""
    report = check_model(_load(file, verify="always"))
    click.echo(f"{file}: {report}")
    if not report.ok:
        raise click.exceptions.Exit(1)


@main.command()
@_FILE
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
def run(file: str, inputs: Sequence[str], outputs: Sequence[str], backend: str) -> None:
    """Run the model on arrays in .npy files. Without --output, the outputs are printed."""
    model = _load(file)
    arrays = _read_inputs(model, inputs)
    results = execution.backend(backend).prepare(model).run(arrays)
    names = list(model.outputs)
    wanted = _named(outputs, names, "output")
    for name, result in zip(names, results, strict=True):
        if name in wanted:
            np.save(wanted[name], result, allow_pickle=False)
        elif not wanted:
            click.echo(f"{name}: {result.dtype}{list(result.shape)}\n{result}")


def _read_inputs(model: GraphModel, given: Sequence[str]) -> list[Any]:
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


@main.command()
@_FILE
@click.argument("to_file", type=click.Path(dir_okay=False))
def export(file: str, to_file: str) -> None:
    """Write the model as an ONNX file."""
    execution.export_onnx(_load(file), to_file)
    click.echo(f"wrote {to_file}")


@main.command("import")
@_FILE
@click.argument("to_file", type=click.Path(dir_okay=False))
@click.option("--external-data", is_flag=True, help="Also read weights from files beside the model.")
def import_(file: str, to_file: str, external_data: bool) -> None:
    """Turn an ONNX file into a model file."""
    model = graph_model(file, external_data=external_data)
    serialize.save(model, to_file)
    click.echo(f"wrote {to_file}: {len(model.graph):,} nodes, {len(model.graph.weights):,} weights")


@main.command()
@_FILE
@click.option("--bytes", "show_bytes", is_flag=True, help="Also print where each section lies.")
def info(file: str, show_bytes: bool) -> None:
    """Tell what is in the file: inputs, outputs, sizes, sections."""
    model, about = _load(file), serialize.info(file)
    click.echo(
        f"{Path(file).name}: model '{model.name}', format version {about.version}, {about.length:,} bytes"
    )
    for kind, ports in (("input", model.inputs), ("output", model.outputs)):
        for name, type_ in ports.items():
            click.echo(f"  {kind} {name}: {type_}")
    for constraint in model.graph.constraints:
        click.echo(f"  demands {constraint}")
    click.echo(f"  {len(model.graph)} nodes, {len(model.weights)} weights")
    for key, value in model.metadata.items():
        click.echo(f"  {key}: {value}")
    if show_bytes:
        click.echo("  section      offset        length  checksum (XXH3-64)")
        for section in about.sections:
            click.echo(
                f"  {section.kind.name:8} {section.offset:10,} {section.length:13,}  {section.hash:016x}"
            )


if __name__ == "__main__":
    sys.exit(main())
