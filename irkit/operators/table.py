"""Tables of all operators: one for people, one for the C++ runtime, which accepts no others."""

from __future__ import annotations

from collections.abc import Iterator

from irkit.operators.attributes import Kind
from irkit.operators.base import Operator
from irkit.operators.catalogue import ONNX
from irkit.operators.registry import all_operators, find
from irkit.operators.rows import AttributeRow, OperatorRow, row_of

# Kind → AttributeKind in the code that flatc makes. PROGRAM has no attribute that is a type.
_CPP_KINDS: dict[Kind, str] = {kind: kind.name for kind in Kind if kind is not Kind.type}
_CPP_KINDS |= {
    Kind.float: "float_",
    Kind.int: "int_",
}
_CPP_HEAD = """\
// Made by `python -m irkit.operators --cpp`; never edited.
// Sorted by domain and name; attributes by name.
// ATTRIBUTE(name, kind, required)
// OPERATOR(domain, name, since opset, inputs at least, at most, first and end of those that may be omitted,
//          outputs at least, at most, first attribute, number of attributes)
// AT_LEAST(attribute, number), AT_MOST(attribute, number): each element, where the attribute is a list
// ONE_OF(attribute, choice): with its other choices; attributes count from 0, in the order of ATTRIBUTE"""


def markdown() -> str:
    """Every operator that ONNX has at irkit's opset, and irkit's own, with what each can do. "–" is a gap."""
    names = sorted({("", n) for n in ONNX} | {(c.domain, c.__name__) for c in all_operators()})
    rows = [_markdown_row(domain, name) for domain, name in names]
    counts = [sum(row[i] == "✓" for row in rows) for i in (2, 3, 4)]
    head = ["operator", "since", "infer", "run", "grad", "file"]
    total = [f"**{len(rows)}**", "", *(f"**{n}**" for n in counts), ""]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows, total))


def _markdown_row(domain: str, name: str) -> list[str]:
    cls = find(domain, name)
    shown = f"{domain}.{name}" if domain else name
    if cls is None:
        return [shown, str(ONNX[name]), "–", "–", "–", ""]
    can = ["✓" if hasattr(cls, method) else "–" for method in ("infer", "run", "grad")]
    return [shown, str(cls.since), *can, f"{cls.__module__.rpartition('.')[2]}.py"]


def cpp() -> str:
    """The closed table of the C++ runtime: ONNX's operators, since programs contain no others."""
    attributes: list[str] = []
    ranges: list[str] = []
    operators: list[str] = []
    for cls in all_operators():
        if cls.domain in ("", "ai.onnx.ml"):
            row = row_of(cls)
            operators.append(_cpp_row(cls, row, len(attributes)))
            for name, attribute in row.attributes.items():
                ranges += _cpp_ranges(attribute, len(attributes))
                required = str(name in row.required).lower()
                attributes.append(f'ATTRIBUTE("{name}", {_CPP_KINDS[attribute.kind]}, {required})')
    parts = {"ATTRIBUTE": attributes, "OPERATOR": operators}
    parts |= {word: [r for r in ranges if r.startswith(word)] for word in ("AT_LEAST", "AT_MOST", "ONE_OF")}
    return "\n".join(
        [_CPP_HEAD, *(f"#ifdef {word}\n" + "\n".join(rs) + "\n#endif" for word, rs in parts.items())]
    )


def _cpp_row(cls: type[Operator], row: OperatorRow, first: int) -> str:
    inputs = (row.least_inputs, row.most_inputs, row.needed_inputs, row.omissible_end)
    counts = (*inputs, row.least_outputs, row.most_outputs)
    numbers = ", ".join("many" if n is None else str(n) for n in counts)
    return (
        f'OPERATOR("{cls.domain}", "{cls.__name__}", {row.since}, {numbers}, {first}, {len(row.attributes)})'
    )


def _cpp_ranges(row: AttributeRow, index: int) -> Iterator[str]:
    if row.at_least is not None:
        yield f"AT_LEAST({index}, {row.at_least})"
    if row.at_most is not None:
        yield f"AT_MOST({index}, {row.at_most})"
    for choice in row.one_of:
        text = f'"{choice}"' if isinstance(choice, str) else str(choice)
        yield f"ONE_OF({index}, {text})"
