"""Conversion between element types: (…) → (…)."""

from __future__ import annotations

import numpy as np

from irkit.errors import ArgumentError
from irkit.ir import Array, DType, TensorType
from irkit.ir.types import ANY, COMPLEX, FLOATS, INTEGERS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import quiet, widened

__all__ = ["Cast", "CastLike"]

_CASTABLE = ANY - COMPLEX - {DType.float8e8m0}
_FLOAT8 = frozenset({DType.float8e4m3fn, DType.float8e4m3fnuz, DType.float8e5m2, DType.float8e5m2fnuz})


@quiet
def cast(x: Array, to: DType, *, saturate: bool = True) -> Array:
    """`x` as elements of `to`.

    Floats round to the nearest, lose their fraction on the way to integers (beyond whose range the result is
    the processor's), and saturate, or not, on the way to float8. Integers wrap around.
    """
    if x.dtype == object:
        return _from_objects(x, to)
    if to is DType.string:
        return _to_strings(x)
    if to in _FLOAT8 and saturate:
        return _saturated(x, to)
    exotic = (
        x.dtype.kind == "V" and to not in FLOATS | INTEGERS
    )  # ml_dtypes' types convert to numpy's, not to all others
    return (widened(x) if exotic else x).astype(to.numpy)


def _saturated(x: Array, to: DType) -> Array:
    """`x` as float8: what exceeds its range becomes its largest number."""
    wide = widened(x) if x.dtype.kind in "fV" else x.astype(np.float64)
    largest = largest_float8(to)
    return np.asarray(np.clip(wide, -largest, largest).astype(to.numpy))


def largest_float8(dtype: DType) -> float:
    """The largest finite number of a float8 type."""
    import ml_dtypes  # noqa: PLC0415  # heavy enough to wait until an exotic type is met

    return float(ml_dtypes.finfo(dtype.numpy).max)  # type: ignore[no-untyped-call]  # its stub forgot


def _to_strings(x: Array) -> Array:
    """Shortest text that reads back as the same number: "1.5", "nan", "-inf"; of truth, "True", "False"."""
    if x.dtype.kind == "V":
        x = x.astype(np.int8 if "int" in x.dtype.name else np.float32)
    return x.astype(np.str_).astype(object)


def _from_objects(x: Array, to: DType) -> Array:
    """Strings read as numbers; or symbolic sizes, which only become other integers."""
    if to is DType.string:
        return x
    if any(isinstance(element, str) for element in x.flat):
        return _parsed(x, to)
    if to not in INTEGERS:
        raise TypeError(f"symbolic sizes have no known value as {to}")
    return x


def _parsed(x: Array, to: DType) -> Array:
    try:
        if to in INTEGERS:
            whole = [_whole(text) % 2**64 for text in x.flat]
            return np.array(whole, np.uint64).reshape(x.shape).astype(to.numpy)
        return cast(x.astype(np.float64), to)
    except (ValueError, OverflowError) as error:
        raise ArgumentError(f"a string does not read as {to}: {error}.") from None


def _whole(text: str) -> int:
    """The integer that the text stands for; "3.7" and "1e3" are read as numbers and truncated."""
    try:
        return int(text)
    except ValueError:
        return int(float(text))


@operator(since=23)
class Cast(Operator):
    """x as elements of another type.  (…) → (…)  https://onnx.ai/onnx/operators/onnx__Cast.html

    saturate: on the way to float8, what exceeds the range becomes the largest number (else NaN or infinity).
    """

    dtypes = {"x": _CASTABLE}
    shape_arithmetic = True
    to: DType = attribute(one_of=tuple(sorted(_CASTABLE)))
    saturate: bool = True

    def infer(self, x: TensorType) -> TensorType:
        return x.with_dtype(self.to)

    def run(self, x: Array) -> Array:
        return cast(x, self.to, saturate=self.saturate)


@operator(since=23)
class CastLike(Operator):
    """x as elements of the type that `target_type` has.  https://onnx.ai/onnx/operators/onnx__CastLike.html

    (…), any → (…)
    """

    dtypes = {"x": _CASTABLE, "target_type": _CASTABLE}
    saturate: bool = True

    def infer(self, x: TensorType, target_type: TensorType) -> TensorType:
        return x.with_dtype(target_type.dtype)

    def run(self, x: Array, target_type: Array) -> Array:
        return cast(x, DType.of(target_type.dtype), saturate=self.saturate)
