"""BitShift of signed integers, and Mod of floats that has the divisor's sign: both of opset 28."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import DType, Value
from irkit.ir.types import FLOATS, SIGNED


@adapter("BitShift")
def bit_shift(use: Use) -> Sequence[Value]:
    dtype = use.type(0).dtype
    if dtype not in SIGNED:
        return use.same()
    unsigned, zero = DType[f"u{dtype.name}"], use.number(0, dtype)
    x, y = use.value(0), use.value(1)
    is_negative = use.add("Less", x, zero)
    left = use.attributes.get("direction") == "LEFT"
    # ~x is not negative where x is: shifted as unsigned, and turned over again, it kept its sign
    positive = x if left else use.add("Where", is_negative, use.add("BitwiseNot", x), x)
    beyond = use.add(
        "Or", use.add("Less", y, zero), use.add("GreaterOrEqual", y, use.number(dtype.bits, dtype))
    )
    steps = use.add("Cast", use.add("Where", beyond, zero, y), to=unsigned)
    shifted = use.add("BitShift", use.add("Cast", positive, to=unsigned), steps, **use.attributes)
    result = use.add("Where", beyond, zero, use.add("Cast", shifted, to=dtype))
    return [result if left else use.add("Where", is_negative, use.add("BitwiseNot", result), result)]


@adapter("Mod")
def mod(use: Use) -> Sequence[Value]:
    dtype = use.type(0).dtype
    if use.attributes.get("fmod", 0) or dtype not in FLOATS or use.version < 28:
        return use.same()
    zero, a, b = use.number(0.0, dtype), use.value(0), use.value(1)
    rest = use.add("Mod", a, b, fmod=1)
    differ = use.add("Xor", use.add("Less", rest, zero), use.add("Less", b, zero))
    moved = use.add("Where", differ, use.add("Add", rest, b), rest)
    signed_zero = use.add("Where", use.add("Less", b, zero), use.number(-0.0, dtype), zero)
    return [use.add("Where", use.add("Equal", rest, zero), signed_zero, moved)]
