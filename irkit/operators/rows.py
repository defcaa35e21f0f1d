"""What a program may do with each operator: how many inputs and outputs, which attributes, in which range.

Both readers of PROGRAM refuse the rest: Python by these rows, the C++ runtime by the table made of them.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from irkit.ir import DType
from irkit.operators.attributes import AttributeSpec, Kind
from irkit.operators.base import Operator
from irkit.operators.catalogue import OLDEST, oldest


class AttributeRow(NamedTuple):
    """One attribute. A bound or choice of a list holds for each element."""

    kind: Kind
    at_least: int | None
    at_most: int | None
    one_of: tuple[int | str, ...]

    def allows(self, values: Sequence[object]) -> bool:
        if self.one_of and not all(v in self.one_of for v in map(_plain, values)):
            return False
        numbers = [v for v in values if isinstance(v, int | float)]
        if self.at_least is None and self.at_most is None:
            return True
        least = -math.inf if self.at_least is None else self.at_least
        most = math.inf if self.at_most is None else self.at_most
        return all(least <= number <= most for number in numbers)  # NaN is not


class OperatorRow(NamedTuple):
    """One operator. Inputs from `needed_inputs` up to `omissible_end`, and no others, may be omitted.

    since: the oldest opset of ai.onnx in which the operator means what irkit means.
    """

    since: int
    least_inputs: int
    most_inputs: int | None
    needed_inputs: int
    omissible_end: int
    least_outputs: int
    most_outputs: int | None
    attributes: Mapping[str, AttributeRow]
    required: frozenset[str]


def row_of(cls: type[Operator]) -> OperatorRow:
    """The row of an operator of ai.onnx or ai.onnx.ml."""
    inputs, specs = cls.parameters, [s for s in cls.specs if s.kind is not Kind.type]
    return OperatorRow(
        oldest(cls.__name__, cls.since) if cls.domain == "" else OLDEST,
        inputs.least,
        inputs.most,
        inputs.required,
        len(inputs.names) - inputs.variadic,
        *output_range(cls),
        {s.name: _attribute_row(s) for s in specs},
        frozenset(s.name for s in specs if s.is_required),
    )


def output_range(cls: type[Operator]) -> tuple[int, int | None]:
    """How many outputs a node of this operator has, at least and at most (None: any number)."""
    returned = str(inspect.signature(cls.infer).return_annotation)
    if "..." in returned:
        most = None
    else:
        most = returned.count(",") + 1 if returned.startswith("tuple") else 1
    least = cls.least_outputs if cls.least_outputs is not None else cls.default_outputs or most or 1
    return least, most


def _attribute_row(spec: AttributeSpec) -> AttributeRow:
    """Flags and element types are integers in ONNX; their ranges stand here."""
    choices = tuple(c if isinstance(c, str) else int(c) for c in spec.one_of)  # type: ignore[call-overload]  # a number
    least, most = spec.at_least, spec.at_most
    if spec.type is bool:
        least, most = 0, 1
    if spec.type is DType and not choices:
        least, most = DType.float32, DType.float8e8m0
    return AttributeRow(spec.kind, _integer(least), _integer(most), choices)


def _integer(bound: float | None) -> int | None:
    assert bound is None or int(bound) == bound, "the C++ table holds integers"
    return None if bound is None else int(bound)


def _plain(value: object) -> object:
    """Texts in a program are bytes."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value
