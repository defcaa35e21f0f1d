"""Optionals."""

import numpy as np

from irkit.ir import OptionalType, SequenceType, tensor
from tests.conformance.cases import Case

x = np.array([1, 2], np.float32)
MAYBE = OptionalType(tensor("float32", (2,)))
MAYBE_LIST = OptionalType(SequenceType(tensor("float32", (2,))))
NOT_IN = {"onnxruntime": "its Python interface takes no optionals"}
UNSURE = {**NOT_IN, "reference": "returns a list of one"}

CASES = [
    Case("Optional", [x], expected=[x], mistaken=UNSURE),
    Case("Optional", [[x, x]], expected=[[x, x]], mistaken=UNSURE),
    Case("Optional", [], {"type": tensor("float32", None)}, expected=[None], mistaken=UNSURE),
    Case("OptionalGetElement", [x], types=[MAYBE], mistaken=NOT_IN),
    Case("OptionalGetElement", [[x]], types=[MAYBE_LIST], mistaken=NOT_IN),
    Case("OptionalGetElement", [x], name="of a tensor"),
    Case("OptionalHasElement", [x], types=[MAYBE], mistaken=NOT_IN),
    Case("OptionalHasElement", [None], types=[MAYBE], expected=[np.array(False)], mistaken=NOT_IN),
    Case("OptionalHasElement", [], name="of nothing"),
]
