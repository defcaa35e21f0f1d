"""Tables of all operators: one for people, one for the C++ runtime, which accepts no others."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from irkit.operators.attributes import AttributeSpec, Kind
from irkit.operators.base import Operator
from irkit.operators.catalogue import OLDEST, ONNX, oldest
from irkit.operators.registry import all_operators, find

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
// OPERATOR(domain, name, since opset, inputs at least, at most, outputs at least, at most,
//          first attribute, number of attributes)
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


def output_range(cls: type[Operator]) -> tuple[int, int | None]:
    """How many outputs a node of this operator has, at least and at most (None: any number)."""
    returned = str(inspect.signature(cls.infer).return_annotation)
    if "..." in returned:
        most = None
    else:
        most = returned.count(",") + 1 if returned.startswith("tuple") else 1
    least = cls.least_outputs if cls.least_outputs is not None else cls.default_outputs or most or 1
    return least, most


def cpp() -> str:
    """The closed table of the C++ runtime: ONNX's operators, since programs contain no others."""
    attributes: list[str] = []
    ranges: list[str] = []
    rows: list[str] = []
    for cls in all_operators():
        if cls.domain in ("", "ai.onnx.ml"):
            specs = [s for s in cls.specs if s.kind in _CPP_KINDS]
            rows.append(_cpp_row(cls, len(attributes), len(specs)))
            for spec in specs:
                ranges += _cpp_ranges(spec, len(attributes))
                attributes.append(
                    f'ATTRIBUTE("{spec.name}", {_CPP_KINDS[spec.kind]}, {str(spec.is_required).lower()})'
                )
    parts = {"ATTRIBUTE": attributes, "OPERATOR": rows}
    parts |= {word: [r for r in ranges if r.startswith(word)] for word in ("AT_LEAST", "AT_MOST", "ONE_OF")}
    return "\n".join(
        [_CPP_HEAD, *(f"#ifdef {word}\n" + "\n".join(rs) + "\n#endif" for word, rs in parts.items())]
    )


def _cpp_row(cls: type[Operator], first: int, count: int) -> str:
    limits = (cls.parameters.least, cls.parameters.most, *output_range(cls))
    numbers = ", ".join("many" if n is None else str(n) for n in limits)
    since = oldest(cls.__name__, cls.since) if cls.domain == "" else OLDEST
    return f'OPERATOR("{cls.domain}", "{cls.__name__}", {since}, {numbers}, {first}, {count})'


def _cpp_ranges(spec: AttributeSpec, index: int) -> Iterator[str]:
    if spec.at_least is not None:
        yield f"AT_LEAST({index}, {spec.at_least})"
    if spec.at_most is not None:
        yield f"AT_MOST({index}, {spec.at_most})"
    for choice in spec.one_of:
        text = f'"{choice}"' if isinstance(choice, str) else str(int(choice))  # type: ignore[call-overload]  # a number
        yield f"ONE_OF({index}, {text})"
