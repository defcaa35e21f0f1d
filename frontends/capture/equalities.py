"""Sizes that must be equal inside of a branch only: checked there when the graph runs, and written alike there.

    if x.shape[0] == y.shape[0]:
        return x * y             # needs equal sizes; the graph as a whole takes any

What the branch reads from around it is reshaped: from the size `b` to the size `a`, which is the same when it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from irkit import operators as op
from irkit.frontends.ops.sizes import shape_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.number import Number, number
from irkit.frontends.tensors.size import as_size
from irkit.frontends.tensors.tensor import SymbolicTensor
from irkit.ir import Dim, TensorType, Value, dims

if TYPE_CHECKING:
    from irkit.frontends.capture.regions import Region


class Equalities:
    """equal: name of a size → what it is inside of the region."""

    def __init__(self, region: Region, equal: Mapping[str, Dim]) -> None:
        self.region, self.equal = region, equal
        self._found: dict[Value, Value] = {}
        self._sources = region.session.sources()
        for name, size in equal.items():
            self._check(name, size)
        region.definition.stand_in = self.of

    def _check(self, name: str, size: Dim) -> None:
        with self.region.entered():
            left, right = (number(as_size(s, self._sources)) for s in (dims.symbol(name), size))
            same = left == right
            assert isinstance(same, Number)
            message = f"sizes {name} and {size} must be equal here."
            apply_one(op.Assert(message=message), same.tensor, self.region.session.true())

    def of(self, value: Value) -> Value:
        """What stands for `value` in the region: itself, or reshaped."""
        type_ = value.type
        if not isinstance(type_, TensorType) or type_.shape is None or value in self._found:
            return self._found.get(value, value)
        if not any(name in self.equal for d in type_.shape for name in dims.symbols(d)):
            return value
        self._found[value] = value  # while it is reshaped
        shape = [dims.substitute(d, self.equal) for d in type_.shape]
        with self.region.entered():
            sizes = shape_tensor([as_size(d, self._sources) for d in shape])
            made = apply_one(op.Reshape(), SymbolicTensor(value, self.region.definition), sizes)
        assert isinstance(made, SymbolicTensor)
        self._found[value] = made.value
        return made.value
