"""Operators that hand on what they were given."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import AssertionFailed
from irkit.ir import Array, DType, TensorType, Type
from irkit.operators.base import Operator, operator

__all__ = ["Assert", "Identity"]


@operator(since=23)
class Identity(Operator):
    """Its input: a tensor, a sequence or an optional.  https://onnx.ai/onnx/operators/onnx__Identity.html"""

    def infer(self, x: Type) -> Type:
        return x

    def run(self, x: Array) -> Array:
        return x

    def known_outputs(
        self, types: Sequence[Type | None], known: Sequence[Array | None], outputs: Sequence[Type]
    ) -> tuple[Array | None, ...]:
        return (known[0],)


@operator(since=1, domain="irkit")
class Assert(Operator):
    """x, when `condition` holds everywhere; else the run ends with AssertionFailed(message).

    (…), any → any
    """

    dtypes = {"condition": frozenset({DType.bool})}
    message: str = ""

    def infer(self, condition: TensorType, x: Type) -> Type:
        return x

    def run(self, condition: Array, x: Array) -> Array:
        if not condition.all():
            raise AssertionFailed(self.message or "an assertion of the model does not hold.")
        return x

    def known_outputs(
        self, types: Sequence[Type | None], known: Sequence[Array | None], outputs: Sequence[Type]
    ) -> tuple[Array | None, ...]:
        return (known[1],)
