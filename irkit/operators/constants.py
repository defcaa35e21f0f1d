"""Tensors made from nothing, or from a shape."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from irkit.errors import ArgumentError, AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, TensorType, Type, dims, type_of
from irkit.ir.types import NUMERIC
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import check_one, fresh, fresh_shape, length_of, quiet, same_dtype, sizes_in

__all__ = ["Constant", "ConstantOfShape", "EyeLike", "Range"]


@operator(since=23)
class Constant(Operator):
    """A tensor that is part of the model: → (…).  https://onnx.ai/onnx/operators/onnx__Constant.html

    Exactly one attribute is given. ONNX's `sparse_value` is written as `value`, with its zeros.
    """

    value: Array | None = None
    value_float: float | None = None
    value_floats: tuple[float, ...] | None = None
    value_int: int | None = None
    value_ints: tuple[int, ...] | None = None
    value_string: str | None = None
    value_strings: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        given = [name for name, value in vars(self).items() if value is not None]
        if len(given) != 1:
            raise AttributeRangeError(
                f"Constant takes exactly one of its attributes. Received: {', '.join(given) or 'none'}."
            )
        if self.value is not None and self.value.dtype.kind in "US":
            object.__setattr__(self, "value", self.value.astype(np.str_).astype(object))

    def infer(self) -> TensorType:
        return type_of(self.run())

    def run(self) -> Array:
        if self.value is not None:
            return self.value
        for dtype, value in (
            (np.float32, self.value_float),
            (np.float32, self.value_floats),
            (np.int64, self.value_int),
            (np.int64, self.value_ints),
            (object, self.value_string),
            (object, self.value_strings),
        ):
            if value is not None:
                return np.array(value, dtype)
        raise AssertionError("one attribute is given")

    def known_outputs(
        self, types: Sequence[Type | None], known: Sequence[Array | None], outputs: Sequence[Type]
    ) -> tuple[Array | None, ...]:
        return (self.run(),)


@operator(since=23)
class ConstantOfShape(Operator):
    """A tensor of the given shape, every element the same: (r) → (n₁, …, nᵣ).

    value: a tensor of one element, whose type the result has; None for float32 zero.
    https://onnx.ai/onnx/operators/onnx__ConstantOfShape.html
    """

    dtypes = {"shape": frozenset({DType.int64})}
    shape_arithmetic = True
    value: Array | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.value is not None and self.value.size != 1:
            raise AttributeRangeError(
                f"ConstantOfShape takes a value of one element, not {type_of(self.value)}."
            )

    def infer(self, shape: TensorType, *, known: Sequence[Array | None] = (None,)) -> TensorType:
        dtype = DType.float32 if self.value is None else DType.of(self.value.dtype)
        if shape.rank not in (None, 1):
            raise ShapeError(f"the shape must be a vector, not {shape}.")
        sizes, rank = sizes_in(known[0]), length_of(shape)
        if sizes is None:
            return TensorType(dtype, None if rank is None else fresh_shape("size", rank))
        for size in sizes:
            if dims.at_least(size, 0) is False:
                raise ShapeError(f"a size must not be negative. Received: {size}.")
        return TensorType(dtype, sizes)

    def run(self, shape: Array) -> Array:
        fill = np.zeros(1, np.float32) if self.value is None else self.value.reshape(1)
        return np.full(tuple(int(size) for size in shape), fill[0], fill.dtype)


@operator(since=11)
class Range(Operator):
    """start, start + delta, … as long as it stays short of limit: (), (), () → (n).

    n = max(0, ⌈(limit − start) / delta⌉).  https://onnx.ai/onnx/operators/onnx__Range.html
    """

    dtypes = dict.fromkeys(
        ("start", "limit", "delta"),
        frozenset({DType.float32, DType.float64, DType.int16, DType.int32, DType.int64}),
    )
    shape_arithmetic = True

    def infer(
        self, start: TensorType, limit: TensorType, delta: TensorType, *, known: Sequence[Array | None] = ()
    ) -> TensorType:
        dtype = same_dtype(start, limit, delta)
        check_one(start=start, limit=limit, delta=delta)
        contents = [k.reshape(()) for k in known if k is not None]
        count = _steps(*contents) if len(contents) == 3 else None
        return TensorType(dtype, (fresh("count") if count is None else count,))

    @quiet
    def run(self, start: Array, limit: Array, delta: Array) -> Array:
        start, limit, delta = start.reshape(()), limit.reshape(()), delta.reshape(())
        count = _steps(start, limit, delta)
        if not isinstance(count, int):
            raise TypeError("the length of a range depends on symbolic sizes")
        return np.asarray(start + delta * np.arange(count).astype(delta.dtype))


def _steps(start: Array, limit: Array, delta: Array) -> Dim | None:
    """How many elements a range has; None when its step is a symbol."""
    step = delta.item()
    if isinstance(step, dims.Expression):
        return None
    if step == 0:
        raise ArgumentError("a range needs a step that is not 0.")
    if start.dtype.kind == "f":
        steps = float(limit - start) / step
        if not math.isfinite(steps):
            raise ArgumentError(f"a range cannot go from {start} to {limit} in steps of {step}.")
        return max(0, math.ceil(float(steps)))
    distance: Dim = limit.item() - start.item() if step > 0 else start.item() - limit.item()
    return dims.maximum(0, dims.ceildiv(distance, abs(int(step))))


_EYE = NUMERIC | {DType.bool}


@operator(since=22)
class EyeLike(Operator):
    """A matrix of zeros with ones on its k-th diagonal, of the shape of its input: (n, m) → (n, m).

    dtype: of the result; None for that of the input. k: above the main diagonal when positive.
    https://onnx.ai/onnx/operators/onnx__EyeLike.html
    """

    dtypes = {"x": _EYE}
    dtype: DType | None = attribute(None, one_of=tuple(sorted(_EYE)))
    k: int = 0

    def infer(self, x: TensorType) -> TensorType:
        if x.rank not in (None, 2):
            raise ShapeError(f"EyeLike needs a matrix, not {x}.")
        return TensorType(self.dtype or x.dtype, x.shape or (fresh("rows"), fresh("columns")))

    def run(self, x: Array) -> Array:
        rows, columns = x.shape
        dtype = x.dtype if self.dtype is None else self.dtype.numpy
        return np.eye(rows, columns, self.k, bool).astype(dtype)
