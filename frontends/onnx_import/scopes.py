"""Names in a stranger's model and what they stand for: values, and initializers that nobody has read yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from irkit.errors import GraphError
from irkit.frontends.onnx_import.folding import MAX_FOLDED
from irkit.frontends.onnx_import.reading import ExternalData
from irkit.frontends.onnx_import.tensors import array_of, dense
from irkit.ir import Array, DType, Graph, Value, Weight, type_of
from irkit.ir.source import UNKNOWN
from irkit.ir.types import COMPLEX, FLOATS
from irkit.operators import find, make
from irkit.operators.base import MAX_KNOWN

if TYPE_CHECKING:
    import onnx

MAX_SETTING = 64  # elements of a tensor of floats that steers an operator, such as the scales of Resize

_DATA_TELLS_SIZES = frozenset({"ImageDecoder", "NonMaxSuppression", "NonZero", "Unique"})


class Scope:
    """The names that one graph, or one function, can read: its own, and those of the graphs around it.

    graph: where constants are put.
    """

    def __init__(
        self,
        graph: Graph,
        external: ExternalData,
        parent: Scope | None = None,
        constants: Iterable[onnx.GraphProto] = (),
    ) -> None:
        self.graph, self.external, self.parent = graph, external, parent
        self._values: dict[str, Value] = {}
        self._absent: set[str] = set()
        self._initializers: dict[str, onnx.TensorProto | onnx.SparseTensorProto] = {}
        for proto in constants:
            self._declare({t.name: t for t in proto.initializer})
            self._declare({t.values.name: t for t in proto.sparse_initializer})

    def _declare(self, tensors: Mapping[str, onnx.TensorProto | onnx.SparseTensorProto]) -> None:
        self._initializers.update(tensors)

    def declare(self, name: str, tensor: onnx.TensorProto) -> None:
        """A tensor that a node holds: a weight, like an initializer, unless it steers what reads it."""
        if name in self._values or name in self._initializers:
            raise GraphError(f"'{name}' is defined twice.")
        self._initializers[name] = tensor

    def has_value(self, name: str) -> bool:
        return name in self._values

    def leave_out(self, names: Iterable[str]) -> None:
        """Inputs of a function that its call does not give: whoever reads them reads nothing."""
        self._absent.update(names)

    def is_absent(self, name: str) -> bool:
        scope: Scope | None = self
        while scope is not None:
            if name in scope._absent:
                return True
            scope = scope.parent
        return False

    def has_initializer(self, name: str) -> bool:
        return name in self._initializers

    def define(self, name: str, value: Value) -> None:
        """Give `name` to a value. Raises GraphError when it has one already: in ONNX every name is given once."""
        if name in self._values or name in self._initializers:
            raise GraphError(f"'{name}' is defined twice.")
        self._values[name] = value

    def find(self, name: str, operator: str = "", position: int = 0, layer: str = "") -> Value:
        """What `name` stands for. operator, position, layer: who reads it. Raises GraphError when nothing does."""
        scope: Scope | None = self
        while scope is not None:
            found = scope._values.get(name)
            if found is not None:
                return found
            if name in scope._initializers:
                return scope._made(name, operator, position, layer)
            scope = scope.parent
        raise GraphError(f"it reads '{name}', which nothing defines before it.")

    def _made(self, name: str, operator: str, position: int, layer: str) -> Value:
        tensor = self._initializers[name]
        sparse = hasattr(tensor, "values")
        array = dense(tensor, self.external) if sparse else array_of(tensor, self.external)  # type: ignore[arg-type]
        if is_constant(array, operator, position):
            op = make("", "Constant", {"value": array})
            (value,) = self.graph.add(op, names=[name], source=UNKNOWN)
        else:
            value = self.graph.weight(_weight(name, array, layer), name)
        self._values[name] = value
        del self._initializers[name]
        return value


def is_constant(array: Array, operator: str, position: int) -> bool:
    """Whether an initializer is a part of the model's structure rather than a weight: integers that shape rules can
    follow, single numbers, texts, and small tensors that steer their operator."""
    dtype = DType.of(array.dtype)
    if array.ndim == 0 or dtype is DType.string:
        return True
    if operator in _DATA_TELLS_SIZES:
        return array.size <= MAX_FOLDED
    if dtype not in FLOATS | COMPLEX:
        return array.size <= MAX_KNOWN
    cls = find("", operator)  # none: an old one, such as Upsample
    return position > 0 and array.size <= MAX_SETTING and (cls is None or cls.parameters.wants_known)


def _weight(name: str, array: Array, layer: str) -> Weight:
    """Named by the layer that reads it first and the last part of its own name: "encoder.0.weight" → weight."""
    own = name.replace("/", ".").rstrip(".").rpartition(".")[2] or "weight"
    trainable = DType.of(array.dtype) in FLOATS
    return Weight(f"{layer}/{own}".strip("/"), type_of(array), array, trainable=trainable)
