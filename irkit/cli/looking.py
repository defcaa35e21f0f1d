"""Commands that look at a model file: summary, plot, check, info, explain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from irkit import serialize, show
from irkit.check import check as check_model
from irkit.cli.base import FILE, load_model, main
from irkit.frontends.capture import report
from irkit.ir import GraphModel


@main.command()
@FILE
@click.option("--expand-nested", is_flag=True, help="Also show the layers inside nested models.")
@click.option("--show-trainable", is_flag=True, help="Say of each layer whether it is trained.")
@click.option("--line-length", type=int, help="Characters of a line.")
def summary(file: str, expand_nested: bool, show_trainable: bool, line_length: int | None) -> None:
    """Print the table of layers: output shapes, parameters, connections."""
    model = load_model(file)
    click.echo(
        show.summary(
            model, line_length=line_length, expand_nested=expand_nested, show_trainable=show_trainable
        )
    )


@main.command()
@FILE
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
    show.plot(load_model(file), to_file, **options)
    click.echo(f"wrote {to_file}")


@main.command()
@FILE
def check(file: str) -> None:
    """Verify the file completely, weights included, and report every problem. Exit code 1 if there is one."""
    report = check_model(load_model(file, verify="always"))
    click.echo(f"{file}: {report}")
    if not report.ok:
        raise click.exceptions.Exit(1)


@main.command()
@FILE
@click.option("--bytes", "show_bytes", is_flag=True, help="Also print what each byte is for.")
def info(file: str, show_bytes: bool) -> None:
    """Tell what is in the file: inputs, outputs, sizes, sections."""
    model, about = load_model(file), serialize.info(file)
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
        click.echo(f"  {key}: {value}" if key != report.KEY else f"  {key}: see `irkit explain`")
    if show_bytes:
        click.echo("         from           up to")
        for span in serialize.byte_map(file):
            click.echo(f"  {span.start:11,} {span.end:15,}  {'  ' * span.depth}{span.what}")


@main.command()
@FILE
def explain(file: str) -> None:
    """Tell what was fixed when the program was captured, and what is checked whenever it runs."""
    model = load_model(file)
    click.echo(f"{Path(file).name}: model '{model.name}'")
    facts = [*map(str, model.graph.constraints), *(a.text for a in model.signature.assumptions)]
    for title, lines in (
        ("takes", [f"{name}: {type_}" for name, type_ in model.inputs.items()]),
        ("keeps from call to call", model.state_names),
        ("demands of its inputs", facts),
        ("checks while it runs", list(dict.fromkeys(_assertions(model)))),
    ):
        if lines:
            click.echo("\n  ".join([f"{title}:", *lines]))
    if report.KEY in model.metadata:
        click.echo(str(report.from_json(model.metadata[report.KEY])))
    else:
        click.echo("It was not captured: its definition fixes nothing but what `irkit summary` shows.")


def _assertions(model: GraphModel) -> list[str]:
    asserts = [n for n in model.graph.walk() if n.op.name == "Assert"]
    return [f"{n.source}  {getattr(n.op, 'message', '')}".strip() for n in asserts]
