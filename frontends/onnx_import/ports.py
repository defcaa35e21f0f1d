"""TypeProto → Type: what a model says about its inputs. Named sizes become symbols, unnamed ones fresh symbols."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

from irkit.errors import FormatError, LimitError, UnsupportedError
from irkit.frontends.onnx_import.tensors import dtype_of
from irkit.ir import Dim, OptionalType, SequenceType, TensorType, Type, limits, symbol

if TYPE_CHECKING:
    import onnx

    from irkit.ir import Constraints

MAX_NESTING = 3


class Sizes:
    """Names of sizes, as a stranger wrote them, and the symbols that stand for them."""

    def __init__(self, constraints: Constraints) -> None:
        self._constraints = constraints
        self._symbols: dict[str, Dim] = {}

    def of(self, dim: onnx.TensorShapeProto.Dimension, stem: str) -> Dim:
        """A number, the symbol for a name, or a fresh symbol."""
        if dim.WhichOneof("value") == "dim_value" and dim.dim_value >= 0:
            return dim.dim_value
        if not re.search(r"\w", dim.dim_param, re.ASCII):
            return self._constraints.fresh(stem)  # no name, or "?", which some write for every size
        if dim.dim_param not in self._symbols:
            self._symbols[dim.dim_param] = self._named(dim.dim_param)
        return self._symbols[dim.dim_param]

    def _named(self, text: str) -> Dim:
        """A symbol like the name, which may be "batch size" or "2*N": of that, nothing but equality is believed."""
        name = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_") or "size"
        name = f"n{name}" if name[0].isdigit() or keyword.iskeyword(name) or name in ("min", "max") else name
        name = name[:60]
        taken = self._symbols.values()
        if name != text and symbol(name) in taken:
            return self._constraints.fresh(name)
        self._constraints.take([name])
        return symbol(name)


def type_of(proto: onnx.TypeProto, sizes: Sizes, what: str, depth: int = 0) -> Type:
    """The type that is written. Raises FormatError, LimitError or UnsupportedError."""
    kind = proto.WhichOneof("value")
    if depth > MAX_NESTING:
        raise LimitError(f"the type of {what} is nested more than {MAX_NESTING} deep.")
    if kind == "tensor_type":
        return tensor_type(proto.tensor_type, sizes, what)
    if kind == "sequence_type":
        return SequenceType(_of_any_size(type_of(proto.sequence_type.elem_type, sizes, what, depth + 1)))
    if kind == "optional_type":
        return OptionalType(type_of(proto.optional_type.elem_type, sizes, what, depth + 1))
    if kind is None:
        raise FormatError(f"{what} has no type.")
    raise UnsupportedError(
        f"{what} is a {kind.removesuffix('_type')}; irkit knows tensors, sequences and optionals."
    )


def _of_any_size(type_: Type) -> Type:
    """The elements of a sequence may differ in the sizes that their type names: one symbol would make them equal."""
    return type_ if not isinstance(type_, TensorType) or type_.is_static else type_.with_shape(None)


def tensor_type(proto: onnx.TypeProto.Tensor, sizes: Sizes, what: str) -> TensorType:
    """dtype and sizes; no shape at all means that even the rank is unknown."""
    dtype = dtype_of(proto.elem_type, what)
    if not proto.HasField("shape"):
        return TensorType(dtype, None)
    if len(proto.shape.dim) > limits.RANK:
        raise LimitError(f"{what} has {len(proto.shape.dim)} axes; at most {limits.RANK} are allowed.")
    stem = re.sub(r"\W+", "_", what.partition("'")[2].rstrip("'"), flags=re.ASCII).strip("_")[:40] or "x"
    stem = f"x{stem}" if stem[0].isdigit() else stem
    return TensorType(dtype, tuple(sizes.of(d, f"{stem}_{axis}") for axis, d in enumerate(proto.shape.dim)))
