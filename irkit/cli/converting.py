"""Commands that turn a model file into other forms, and other forms into a model file."""

from __future__ import annotations

import click

from irkit import execution, serialize
from irkit.cli.base import FILE, load_model, main
from irkit.frontends.onnx_import import graph_model


@main.command()
@FILE
@click.argument("to_file", type=click.Path(dir_okay=False))
def export(file: str, to_file: str) -> None:
    """Write the model as an ONNX file."""
    execution.export_onnx(load_model(file), to_file)
    click.echo(f"wrote {to_file}")


@main.command("import")
@FILE
@click.argument("to_file", type=click.Path(dir_okay=False))
@click.option("--external-data", is_flag=True, help="Also read weights from files beside the model.")
def import_(file: str, to_file: str, external_data: bool) -> None:
    """Turn an ONNX file into a model file."""
    model = graph_model(file, external_data=external_data)
    serialize.save(model, to_file)
    click.echo(f"wrote {to_file}: {len(model.graph):,} nodes, {len(model.graph.weights):,} weights")
