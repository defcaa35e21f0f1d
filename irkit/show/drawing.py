"""Pictures of models: boxes for layers, arrows for tensors, frames around nested models.  Keras: plot_model.

The picture is written in graphviz's language; the wheel ``graphviz-pure`` carries the layout engine, so that no system
program is needed, and ``svglib`` turns its drawing into PDF.
"""

from __future__ import annotations

import html
import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from irkit.errors import ArgumentError, ExecutionError, UnsupportedError
from irkit.ir import GraphModel, TensorType, Type, Value
from irkit.show.rows import Row, rows, shape_text

FORMATS = (".svg", ".png", ".pdf", ".dot")
_INSTALL = "Install it: pip install 'irkit[plot]'. A file that ends in .dot needs nothing."


def plot(model: GraphModel, to_file: str, *, dpi: int = 200, **options: bool | str) -> None:
    """Draw the model into `to_file`, whose ending says how. options: those of `dot`.

    Raises ArgumentError for another ending, UnsupportedError when the plot extra is not installed.
    """
    ending = Path(to_file).suffix.lower()
    if ending not in FORMATS:
        raise ArgumentError(
            f"a picture must end in one of {', '.join(FORMATS)}. Received: {to_file!r}.",
            cure="Use to_file='model.svg'.",
        )
    text = dot(model, **options)  # type: ignore[arg-type]  # the options of dot
    if ending == ".dot":
        Path(to_file).write_text(text, encoding="utf-8")
    elif ending == ".pdf":
        _write_pdf(_laid_out(text, "svg", dpi), to_file)
    else:
        Path(to_file).write_bytes(_laid_out(text, ending[1:], dpi))


def dot(
    model: GraphModel,
    *,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> str:
    """The picture in graphviz's language. Arguments as Keras's plot_model.

    Raises ArgumentError.
    """
    if rankdir not in ("TB", "LR", "BT", "RL"):
        raise ArgumentError(f"rankdir must be 'TB', 'LR', 'BT' or 'RL'. Received: {rankdir!r}.")
    shown = rows(model, expand_nested=expand_nested)
    style = _Style(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    framed = {row.path for row in shown if expand_nested and row.has_children}
    boxes = [row for row in shown if row.path not in framed]
    drawn_inputs = _undrawn_inputs(model, boxes)
    lines = [
        f"digraph {_quoted(model.name)} {{",
        f'  graph [rankdir={rankdir}, fontname="Helvetica", fontsize=12, style="rounded", color="gray50"]',
        '  node [shape=none, margin=0, fontname="Helvetica", fontsize=12]',
        '  edge [arrowsize=0.8, color="gray25"]',
        *(
            f"  {_quoted('input:' + v.name)} [label={_label([_heading(v.name, 'Input', style)], _io(v, style))}]"
            for v in drawn_inputs
        ),
        *_framed(shown, framed, style),
        *_edges(boxes, drawn_inputs),
        "}",
    ]
    return "\n".join(lines) + "\n"


class _Style:
    """What each box tells."""

    __slots__ = ("activations", "dtype", "names", "shapes", "trainable")

    def __init__(self, shapes: bool, dtype: bool, names: bool, activations: bool, trainable: bool) -> None:
        self.shapes, self.dtype, self.names = shapes, dtype, names
        self.activations, self.trainable = activations, trainable


def _undrawn_inputs(model: GraphModel, boxes: Sequence[Row]) -> list[Value]:
    """Inputs of the model that no InputLayer stands for (models that are not functional)."""
    drawn = {v for row in boxes for v in row.gives}
    return [v for v in model.user_inputs if v not in drawn]


def _framed(shown: Sequence[Row], framed: set[str], style: _Style) -> Iterator[str]:
    """Boxes in order, those of a nested model inside a frame."""
    open_frames: list[str] = []
    for row in shown:
        while open_frames and not row.path.startswith(open_frames[-1] + "/"):
            open_frames.pop()
            yield "  " * (len(open_frames) + 1) + "}"
        indent = "  " * (len(open_frames) + 1)
        if row.path in framed:
            title = f"{row.name} ({row.class_name})"
            yield f"{indent}subgraph {_quoted('cluster_' + row.path)} {{ label={_quoted(title)}"
            open_frames.append(row.path)
        else:
            yield f"{indent}{_quoted(row.path)} [label={_box(row, style)}]"
    for depth in reversed(range(len(open_frames))):
        yield "  " * (depth + 1) + "}"


def _edges(boxes: Sequence[Row], inputs: Sequence[Value]) -> Iterator[str]:
    origin = {v: row.path for row in reversed(boxes) for v in row.gives}
    origin.update({v: "input:" + v.name for v in inputs})
    arrows = {
        (origin[v], row.path): None
        for row in boxes
        for v in row.reads
        if v in origin and origin[v] != row.path
    }
    for tail, head in arrows:
        yield f"  {_quoted(tail)} -> {_quoted(head)}"


def _box(row: Row, style: _Style) -> str:
    headings = [_heading(row.name, row.class_name + (f" ×{row.calls}" if row.calls > 1 else ""), style)]
    facts = []
    if style.activations and row.activation:
        facts.append(f"Activation: {row.activation}")
    if style.shapes:
        facts += [f"Input: {_types(row.input_types, shape_text)}"] if row.input_types else []
        facts.append(f"Output: {_types(row.output_types, shape_text)}")
    if style.dtype:
        facts.append(f"Dtype: {_types(row.output_types, _dtype_text)}")
    if style.trainable and row.parameters:
        facts.append("Trainable" if row.trainable else "Non-trainable")
    return _label(headings, facts)


def _heading(name: str, class_name: str, style: _Style) -> str:
    return f"{name} ({class_name})" if style.names else class_name


def _io(value: Value, style: _Style) -> list[str]:
    shape = [f"Output: {shape_text(value.type)}"] if style.shapes else []
    return shape + ([f"Dtype: {_dtype_text(value.type)}"] if style.dtype else [])


def _types(types: Sequence[Type], show: Callable[[Type], str]) -> str:
    texts = [show(t) for t in types]
    return texts[0] if len(texts) == 1 else ", ".join(texts)


def _dtype_text(type_: Type) -> str:
    return str(type_.dtype) if isinstance(type_, TensorType) else str(type_)


def _label(headings: Sequence[str], facts: Sequence[str]) -> str:
    """A box as graphviz's HTML: the heading white on black, facts below, as Keras draws it."""
    head = "".join(
        f'<tr><td bgcolor="black"><font color="white">{html.escape(h)}</font></td></tr>' for h in headings
    )
    body = "".join(f"<tr><td>{html.escape(f)}</td></tr>" for f in facts)
    return f'<<table border="0" cellborder="1" cellspacing="0" cellpadding="6">{head}{body}</table>>'


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _laid_out(text: str, kind: str, dpi: int) -> bytes:
    program = _engine()
    resolution = [f"-Gdpi={int(dpi)}"] if kind == "png" else []
    done = subprocess.run(
        [program, f"-T{kind}", *resolution], input=text.encode(), capture_output=True, check=False
    )
    if done.returncode != 0:
        raise ExecutionError(
            f"the layout engine failed: {done.stderr.decode(errors='replace').strip()[:500]}"
        )
    return done.stdout


def _engine() -> str:
    """The layout program: the wheel's beside this Python, or on the PATH, or a system graphviz."""
    beside = Path(sys.executable).parent / "graphviz-pure"
    for candidate in (str(beside), "graphviz-pure", "dot"):
        found = shutil.which(candidate)
        if found:
            return found
    raise UnsupportedError(
        "drawing needs the layout engine of the plot extra, which is not installed.", cure=_INSTALL
    )


def _write_pdf(svg: bytes, to_file: str) -> None:
    try:
        from reportlab.graphics import renderPDF  # noqa: PLC0415  # heavy, of an extra
        from svglib.svglib import svg2rlg  # noqa: PLC0415  # heavy, of an extra
    except ImportError:
        raise UnsupportedError(
            "a PDF needs svglib, of the plot extra, which is not installed.", cure=_INSTALL
        ) from None
    drawing = svg2rlg(io.BytesIO(svg))
    if drawing is None:
        raise ExecutionError("svglib could not read the drawing.")
    renderPDF.drawToFile(drawing, to_file)
