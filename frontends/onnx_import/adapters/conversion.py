"""Conversions to and from float8e8m0 (opset 24) and integers of two bits (25); other readings of the same bits (26)."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import AttributeRangeError
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import DType, Value, as_tensor
from irkit.ir.types import TWO_BITS

_LATE = TWO_BITS | {DType.float8e8m0}
_NAMES = {"FLOAT": "float32", "DOUBLE": "float64"}
_EIGHT = {DType.int2: DType.int8, DType.uint2: DType.uint8}
_BOUNDS = {DType.int2: (-2, 1), DType.uint2: (0, 3)}


@adapter("Cast")
def cast(use: Use) -> Sequence[Value]:
    """`to` was ONNX's name of the type before opset 6."""
    to = use.attributes.get("to")
    if isinstance(to, str):
        try:
            use.attributes["to"] = DType[_NAMES.get(to, to.lower())]
        except KeyError:
            raise AttributeRangeError(
                f"attribute 'to' of Cast must be a type. Received: {to[:40]!r}."
            ) from None
    return _converted(use)


@adapter("CastLike")
def cast_like(use: Use) -> Sequence[Value]:
    target = use.type(1).dtype
    if _LATE.isdisjoint({target, use.type(0).dtype}):
        use.drop("round_mode")
        return use.same()
    use.attributes["to"] = target
    use.inputs = use.inputs[:1]
    return _converted(use)


def _converted(use: Use) -> Sequence[Value]:
    """Cast. round_mode, of opset 24, concerns float8e8m0 alone."""
    mode, to = use.take("round_mode", "up"), use.attributes.get("to", 0)
    if use.type(0).dtype is DType.float8e8m0:
        use.place(0, use.add("FromPowersOfTwo", use.value(0), domain="irkit"))
    if to != DType.float8e8m0:
        return _through_eight(use)
    wide = use.add("Cast", widened(use, use.value(0)), to=DType.float32)
    return [use.add("PowersOfTwo", wide, domain="irkit", round_mode=mode, saturate=use.take("saturate", 1))]


def _through_eight(use: Use) -> Sequence[Value]:
    """Cast, with the operator that knows two bits before or behind it."""
    use.place(0, widened(use, use.value(0)))
    to = use.attributes.get("to", 0)
    if to not in TWO_BITS:
        return use.same("Cast")
    eight = use.add("Cast", use.value(0), to=_EIGHT[DType(to)])
    return [narrowed(use, eight, DType(to))]


def widened(use: Use, value: Value) -> Value:
    """Two bits as eight; others as they are."""
    dtype = as_tensor(value.type).dtype
    return use.add("TwoBits", value, domain="irkit", to=_EIGHT[dtype]) if dtype in TWO_BITS else value


def narrowed(use: Use, value: Value, to: DType) -> Value:
    """Eight bits as two, of which the lowest stay."""
    return use.add("TwoBits", value, domain="irkit", to=to)


@adapter("QuantizeLinear")
def quantize(use: Use) -> Sequence[Value]:
    zero_point = use.optional(2)
    to = DType(
        use.attributes.get("output_dtype", 0) or (DType.uint8 if zero_point is None else use.type(2).dtype)
    )
    if to not in TWO_BITS:
        return use.same()
    use.attributes["output_dtype"] = _EIGHT[to]
    if zero_point is not None:
        use.place(2, widened(use, zero_point))
    bounds = [use.number(b, _EIGHT[to]) for b in _BOUNDS[to]]
    return [narrowed(use, use.add("Clip", use.same()[0], *bounds), to)]


@adapter("DequantizeLinear")
def dequantize(use: Use) -> Sequence[Value]:
    for i in (0, 2):
        value = use.optional(i)
        if value is not None:
            use.place(i, widened(use, value))
    return use.same()


@adapter("BitCast")
def bit_cast(use: Use) -> Sequence[Value]:
    return [use.add("BitCast", use.value(0), domain="irkit", **use.attributes)]
