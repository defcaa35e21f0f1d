"""BatchNormalization and GroupNormalization in their former shapes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Value


@adapter("BatchNormalization")
def batch_normalization(use: Use) -> Sequence[Value]:
    if use.version < 14:
        use.drop("is_test")
        spatial = use.take("spatial", 1)
        if use.count > 1:
            raise use.unsupported("for training, with more than one output, has no form at opset 23.")
        if not spatial:
            return [_per_element(use)]
    return use.same()


def _per_element(use: Use) -> Value:
    """Statistics for each element rather than each channel: they have the shape of one sample."""
    x, scale, bias, mean, var = (use.value(i) for i in range(5))
    epsilon = use.number(use.take("epsilon", 1e-5), use.type(0).dtype)
    deviation = use.add("Sqrt", use.add("Add", var, epsilon))
    return use.add("Add", use.add("Mul", use.add("Div", use.add("Sub", x, mean), deviation), scale), bias)


@adapter("GroupNormalization")
def group_normalization(use: Use) -> Sequence[Value]:
    """Before opset 21 there was one scale and one bias for each group, now for each channel."""
    if use.version < 21:
        channels = use.add("Shape", use.value(0), start=1, end=2)
        groups = use.integers([use.attributes.get("num_groups", 1)])
        each = use.add("Div", channels, groups)
        grid = use.add("Concat", groups, each, axis=0)
        for i in (1, 2):
            column = use.add("Unsqueeze", use.value(i), use.constant(np.array([1], np.int64)))
            use.place(i, use.add("Reshape", use.add("Expand", column, grid), use.integers([-1])))
    return use.same()
