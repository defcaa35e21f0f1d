"""Sequences of tensors."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from irkit.ir import DType, Graph, SequenceType, Value, symbol, tensor
from irkit.operators import make
from tests.conformance.cases import Case

a = np.array([[1, 2, 3]], np.float32)
b = np.array([[4, 5, 6], [7, 8, 9]], np.float32)
text = np.array(["x", "yz"], object)
NOTHING = [SequenceType(tensor("float32", None))]


def at(place: int, dtype: type = np.int64) -> np.ndarray:
    return np.array(place, dtype)


def body(op: str, inputs: Sequence[Any], outputs: int = 1) -> Any:
    """Attributes of a SequenceMap whose body is one node; inputs are the types of the body's."""

    def build(outer: Graph, values: Sequence[Value | None]) -> Mapping[str, Any]:
        graph = Graph("body", outer)
        read = [graph.input(f"in{i}", t) for i, t in enumerate(inputs)]
        made = graph.add(make("", op, {}), read, count=outputs)
        graph.set_outputs(made)
        return {"body": graph}

    return build


rows = [tensor("float32", (symbol("rows"), 3))]
NO_SEQUENCES = {"onnxruntime": "has SequenceMap only as a function, which it does not inline for us"}

CASES = [
    Case("SequenceConstruct", [a, a]),
    Case("SequenceConstruct", [a, b], name="of different shapes"),
    Case("SequenceConstruct", [text]),
    Case("SequenceEmpty", []),
    Case("SequenceEmpty", [], {"dtype": DType.int64}),
    Case("SequenceAt", [[a, b], at(-1)]),
    Case("SequenceAt", [[a, a], at(0, np.int32)]),
    Case("SequenceErase", [[a, b], at(0)]),
    Case("SequenceErase", [[a, b]], name="the last"),
    Case("SequenceErase", [[a, b], at(-2)]),
    Case("SequenceInsert", [[a, b], a, at(1)]),
    Case("SequenceInsert", [[a, a], a, at(-1)]),
    Case("SequenceInsert", [[], b], types=[*NOTHING, None], name="into an empty one"),
    Case("SequenceLength", [[a, b, a]]),
    Case("SequenceLength", [[]], types=NOTHING, name="of an empty one"),
    Case("ConcatFromSequence", [[a, b]], {"axis": 0}),
    Case("ConcatFromSequence", [[a, a]], {"axis": -1}),
    Case("ConcatFromSequence", [[a, a]], {"axis": -1, "new_axis": True}),
    Case("ConcatFromSequence", [[text, text]], {"axis": 0, "new_axis": True}),
    Case("SplitToSequence", [b], {"axis": 1}),
    Case("SplitToSequence", [b], {"axis": 1, "keepdims": False}),
    Case("SplitToSequence", [b, at(2)], {"axis": 1}, name="the last part smaller"),
    Case("SplitToSequence", [b, np.array([1, 2], np.int32)], {"axis": -1}),
    Case(
        "SplitToSequence",
        [b, at(1)],
        {"keepdims": False},
        name="keepdims means nothing here",
        mistaken={"onnxruntime": "drops the axis"},
    ),
    Case("SequenceMap", [[a, b]], body("Neg", rows), mistaken=NO_SEQUENCES),
    Case("SequenceMap", [[a, b], a], body("Add", [*rows, tensor("float32", (1, 3))]), mistaken=NO_SEQUENCES),
    Case("SequenceMap", [[a, a]], body("NonZero", [tensor("float32", (1, 3))]), mistaken=NO_SEQUENCES),
]
