"""The table of a model's layers, as Keras prints it, for models of every style. Keras: Model.summary."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields

from irkit.errors import ArgumentError
from irkit.ir import GraphModel, Weight
from irkit.show.rows import Row, rows, shapes_text
from irkit.show.work import bytes_of, operations, work_by_layer

# Shares of the line for each column, as in Keras: with three columns, and with "Connected to".
_SEQUENTIAL = (0.45, 0.80, 1.0)
_CONNECTED = (0.30, 0.60, 0.70, 1.0)
_EXTRA = 12  # characters of a column that is shown on request


def summary(
    model: GraphModel,
    *,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
    show_flops: bool = False,
    show_memory: bool = False,
) -> str:
    """The table as text.

    Args:
        model: to be shown.
        line_length: characters of a line; by default 88, or 98 with "Connected to".
        positions: where each column ends, as shares of the line (or in characters).
        expand_nested: also show the layers inside nested models.
        show_trainable: a column that says whether a layer is trained.
        layer_range: names (or regular expressions) of the first and last layer to show.
        show_flops: a column of floating-point operations for one sample, estimated.
        show_memory: a column of the memory that a layer's results take, for one sample.

    Raises ArgumentError.
    """
    shown = _in_range(rows(model, expand_nested=expand_nested), layer_range)
    sequential = _is_sequential(model, shown)
    headers = ["Layer (type)", "Output Shape", "Param #"] + ([] if sequential else ["Connected to"])
    cells = [_cells(row, sequential) for row in shown]
    extras = _extras(model, shown, show_trainable, show_flops, show_memory)
    headers += extras
    for row, cell in zip(shown, cells, strict=True):
        cell += [tell(row) for tell in extras.values()]
    widths = _widths(len(headers), sequential, line_length, positions, len(extras))
    title = f'Model: "{model.name}"'
    totals = [f" Total FLOPs: {work_by_layer(model).get('', 0):,} for one sample"] if show_flops else []
    return "\n".join([title, *_table(headers, cells, widths), *_totals(model), *totals])


def _extras(
    model: GraphModel, shown: Sequence[Row], trainable: bool, flops: bool, memory: bool
) -> dict[str, Callable[[Row], str]]:
    """Columns that are shown on request: title → what it says of a row."""
    found: dict[str, Callable[[Row], str]] = {}
    if trainable:
        found["Trainable"] = lambda row: ("Y" if row.trainable else "N") if row.parameters else "-"
    if flops:
        work = work_by_layer(model)
        found["FLOPs"] = lambda row: _short(_work_of(row, work))
    if memory:
        found["Memory"] = lambda row: _memory(bytes_of(row.gives))
    return found


def _work_of(row: Row, work: Mapping[str, int]) -> int:
    """Operations of a layer, or of an operator outside of layers."""
    makers = [v.producer for v in row.gives if row.path not in work and v.producer is not None]
    alone = [n for n in makers if n.layer == row.path.rpartition("/")[0]]
    return work.get(row.path, 0) + sum(operations(n) for n in alone)


def _short(count: int) -> str:
    """1,234 or 5.67 M."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= 10 * size:
            return f"{count / size:,.2f} {unit}"
    return f"{count:,}"


def summary_data(model: GraphModel, *, expand_nested: bool = False) -> list[dict[str, object]]:
    """The rows as plain data, for programs: one dict a layer with the fields of `Row`, types as text."""
    result = []
    work = work_by_layer(model)
    for row in rows(model, expand_nested=expand_nested):
        data = {f.name: getattr(row, f.name) for f in fields(row) if f.name not in ("reads", "gives")}
        data["output_types"] = [str(t) for t in row.output_types]
        data["input_types"] = [str(t) for t in row.input_types]
        data["flops"], data["bytes"] = _work_of(row, work), bytes_of(row.gives)
        result.append(data)
    return result


def _is_sequential(model: GraphModel, shown: Sequence[Row]) -> bool:
    """Whether each row reads just the one before, so that a column of connections would say nothing."""
    if model.layers.class_name != "Sequential":
        return False
    return all(row.calls <= 1 and len(row.connections) <= 1 for row in shown)


def _in_range(shown: Sequence[Row], layer_range: Sequence[str] | None) -> Sequence[Row]:
    if layer_range is None:
        return shown
    if len(layer_range) != 2:
        raise ArgumentError(f"layer_range must be the names of two layers. Received: {layer_range!r}.")
    ends = []
    for pattern in layer_range:
        found = [i for i, row in enumerate(shown) if re.fullmatch(pattern, row.name)]
        if not found:
            names = ", ".join(row.name for row in shown)
            raise ArgumentError(f"layer_range: no layer matches {pattern!r}.", cure=f"There are {names}.")
        ends += [found[0], found[-1]]
    return shown[min(ends) : max(ends) + 1]


def _cells(row: Row, sequential: bool) -> list[str]:
    indent = "    " * (row.depth - 1) + " └ " if row.depth else ""
    calls = f" ×{row.calls}" if row.calls > 1 else ""
    cells = [
        f"{indent}{row.name} ({row.class_name}){calls}",
        shapes_text(row.output_types) if row.output_types else "?",
    ]
    cells.append(f"{row.parameters:,}")
    if not sequential:
        cells.append(
            ", ".join(f"{path.rpartition('/')[2]}[{call}][{i}]" for path, call, i in row.connections) or "-"
        )
    return cells


def _widths(
    columns: int,
    sequential: bool,
    line_length: int | None,
    positions: Sequence[float] | None,
    extras: int,
) -> list[int]:
    """Inner width of each column, without borders and blanks."""
    length = line_length or (88 if sequential else 98) + _EXTRA * extras
    ends = list(positions or (_SEQUENTIAL if sequential else _CONNECTED))
    if ends[-1] <= 1:
        ends = [share * (length - (_EXTRA * extras if positions is None else 0)) for share in ends]
    missing = columns - len(ends)
    if 0 < missing <= extras:
        ends += [length - _EXTRA * i for i in reversed(range(missing))]
    if len(ends) != columns or sorted(ends) != ends:
        raise ArgumentError(
            f"positions must give {columns} growing places, one for each column. Received: {positions!r}."
        )
    starts = [0.0, *ends[:-1]]
    return [max(int(end) - int(start) - 3, 4) for start, end in zip(starts, ends, strict=True)]


def _table(headers: Sequence[str], cells: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    def rule(left: str, middle: str, right: str, line: str) -> str:
        return left + middle.join(line * (w + 2) for w in widths) + right

    lines = [rule("┏", "┳", "┓", "━"), *_row(headers, widths, "┃"), rule("┡", "╇", "┩", "━")]
    for i, row in enumerate(cells):
        lines += _row(row, widths, "│")
        lines.append(rule("├", "┼", "┤", "─") if i + 1 < len(cells) else rule("└", "┴", "┘", "─"))
    return lines


def _row(texts: Sequence[str], widths: Sequence[int], border: str) -> list[str]:
    """The lines of one row: long texts are folded, numbers stand at the right."""
    folded = [_folded(t, w) for t, w in zip(texts, widths, strict=True)]
    height = max(map(len, folded))
    lines = []
    for i in range(height):
        parts = [f[i] if i < len(f) else "" for f in folded]
        aligned = [
            p.rjust(w) if k == 2 else p.ljust(w) for k, (p, w) in enumerate(zip(parts, widths, strict=True))
        ]
        lines.append(border + border.join(f" {a} " for a in aligned) + border)
    return lines


def _folded(text: str, width: int) -> list[str]:
    indent = " " * (len(text) - len(text.lstrip(" └")))
    return textwrap.wrap(text, width, subsequent_indent=indent[: width - 2], drop_whitespace=True) or [""]


def _totals(model: GraphModel) -> list[str]:
    kept = {*model.states} - {*model.layers.all_weights()}  # state is no parameter, unless a layer says so
    weights = [w for w in model.weights if w not in kept]
    total, trainable = _count(weights), _count([w for w in weights if w.trainable])
    size, own = sum(_bytes(w) for w in weights), sum(_bytes(w) for w in weights if w.trainable)
    return [
        f" Total params: {total:,} ({_memory(size)})",
        f" Trainable params: {trainable:,} ({_memory(own)})",
        f" Non-trainable params: {total - trainable:,} ({_memory(size - own)})",
        *(f" State: {name}, {w.type}" for name, w in zip(model.state_names, model.states, strict=True)),
    ]


def _count(weights: Sequence[Weight]) -> int:
    return sum(math.prod(w.shape) for w in weights)


def _bytes(weight: Weight) -> int:
    return math.prod(weight.shape) * weight.type.dtype.bits // 8


def _memory(size: float) -> str:
    """As Keras writes it: 1.75 KB, 3.20 MB."""
    units = ["B", "KB", "MB", "GB"]
    while size >= 1024 and len(units) > 1:
        size, units = size / 1024, units[1:]
    return f"{size:.2f} {units[0]}"
