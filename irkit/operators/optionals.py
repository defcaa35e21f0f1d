"""Optionals: a value or nothing. In kernels nothing is None."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import AttributeRangeError, ExecutionError
from irkit.ir import Array, DType, OptionalType, TensorType, Type
from irkit.operators.base import Operator, operator
from irkit.operators.indexing import BEFORE_BFLOAT

__all__ = ["Optional", "OptionalGetElement", "OptionalHasElement"]


@operator(since=15)
class Optional(Operator):
    """The input as an optional, or an empty one of a given type.  https://onnx.ai/onnx/operators/onnx__Optional.html

    value → optional(value)
    """

    type: Type | None = None
    dtypes = {"input": BEFORE_BFLOAT}

    def infer(self, input: Type | None = None) -> OptionalType:
        element = input if input is not None else self.type
        if element is None:
            raise AttributeRangeError("Optional without an input needs its attribute 'type'.")
        return OptionalType(element)

    def run(self, input: Any = None) -> Any:  # noqa: ANN401  # any kind of value
        return input


@operator(since=18)
class OptionalGetElement(Operator):
    """What an optional holds: optional(value) → value.  https://onnx.ai/onnx/operators/onnx__OptionalGetElement.html"""

    dtypes = {"input": BEFORE_BFLOAT}

    def infer(self, input: Type) -> Type:
        return input.element if isinstance(input, OptionalType) else input

    def run(self, input: Any) -> Any:  # noqa: ANN401  # any kind of value
        if input is None:
            raise ExecutionError("the optional is empty.", cure="Ask OptionalHasElement first.")
        return input


@operator(since=18)
class OptionalHasElement(Operator):
    """Whether an optional holds something: optional(value) → () bool.
    https://onnx.ai/onnx/operators/onnx__OptionalHasElement.html
    """

    dtypes = {"input": BEFORE_BFLOAT}

    def infer(self, input: Type | None = None) -> TensorType:
        return TensorType(DType.bool, ())

    def known_outputs(
        self, types: Sequence[Type | None], known: Sequence[Array | None], outputs: Sequence[Type]
    ) -> tuple[Array | None, ...] | None:
        given = types[0] if types else None
        return None if isinstance(given, OptionalType) else (np.array(given is not None),)

    def run(self, input: Any = None) -> Array:  # noqa: ANN401  # any kind of value
        return np.array(input is not None)
