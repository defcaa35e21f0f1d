"""Sequences: lists of tensors of one element type. Where their shapes differ, the type has none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from irkit.errors import ExecutionError, ShapeError
from irkit.ir import Array, Dim, DType, Graph, SequenceType, TensorType, Type, as_tensor, dims
from irkit.ir.types import symbols_of
from irkit.operators.base import Operator, operator
from irkit.operators.control_flow import Execute, output_types
from irkit.operators.indexing import BEFORE_BFLOAT, INDICES
from irkit.operators.rules import axis_in, fresh, numbers_in
from irkit.operators.subgraphs import Entry, element_of

__all__ = [
    "ConcatFromSequence",
    "SequenceAt",
    "SequenceConstruct",
    "SequenceEmpty",
    "SequenceErase",
    "SequenceInsert",
    "SequenceLength",
    "SequenceMap",
    "SplitToSequence",
]

Values: TypeAlias = list[Array]


def _sequence(type_: Type) -> SequenceType:
    if not isinstance(type_, SequenceType):
        raise ShapeError(f"Expected a sequence, found {type_}.")
    return type_


def _place(position: Array | None, length: int, last: int) -> int:
    """A position in a list, which may count from the end; None is the last one."""
    place = last if position is None else int(position.reshape(-1)[0])
    if not -length <= place <= last:
        raise ExecutionError(f"position {place} lies outside a sequence of {length} tensors.")
    return place


@operator(since=11)
class SequenceConstruct(Operator):
    """A list of the inputs: tensors → sequence.  https://onnx.ai/onnx/operators/onnx__SequenceConstruct.html"""

    dtypes = {"inputs": BEFORE_BFLOAT}

    def infer(self, *inputs: TensorType) -> SequenceType:
        element: Type = inputs[0]
        for other in inputs[1:]:
            element = element_of(element, other)
        return SequenceType(element)

    def run(self, *inputs: Array) -> Values:
        return list(inputs)


@operator(since=11)
class SequenceEmpty(Operator):
    """A list without tensors, to be filled: → sequence.  https://onnx.ai/onnx/operators/onnx__SequenceEmpty.html"""

    dtype: DType = DType.float32

    def infer(self) -> SequenceType:
        return SequenceType(TensorType(self.dtype, None))

    def run(self) -> Values:
        return []


@operator(since=11)
class SequenceAt(Operator):
    """The tensor at a position, which may count from the end: sequence, () → tensor.
    https://onnx.ai/onnx/operators/onnx__SequenceAt.html
    """

    dtypes = {"position": INDICES}

    def infer(self, input_sequence: SequenceType, position: TensorType) -> Type:
        return _sequence(input_sequence).element

    def run(self, input_sequence: Values, position: Array) -> Array:
        return input_sequence[_place(position, len(input_sequence), len(input_sequence) - 1)]


@operator(since=11)
class SequenceErase(Operator):
    """Without the tensor at a position, by default the last: sequence, () → sequence.
    https://onnx.ai/onnx/operators/onnx__SequenceErase.html
    """

    dtypes = {"position": INDICES}

    def infer(self, input_sequence: SequenceType, position: TensorType | None = None) -> SequenceType:
        return _sequence(input_sequence)

    def run(self, input_sequence: Values, position: Array | None = None) -> Values:
        length = len(input_sequence)
        place = _place(position, length, length - 1) % max(length, 1)
        return input_sequence[:place] + input_sequence[place + 1 :]


@operator(since=11)
class SequenceInsert(Operator):
    """With a tensor put before a position, by default at the end: sequence, tensor, () → sequence.
    https://onnx.ai/onnx/operators/onnx__SequenceInsert.html
    """

    dtypes = {"tensor": BEFORE_BFLOAT, "position": INDICES}

    def infer(
        self, input_sequence: SequenceType, tensor: TensorType, position: TensorType | None = None
    ) -> SequenceType:
        return SequenceType(element_of(_sequence(input_sequence).element, tensor))

    def run(self, input_sequence: Values, tensor: Array, position: Array | None = None) -> Values:
        place = _place(position, len(input_sequence), len(input_sequence))
        result = list(input_sequence)
        result.insert(place, tensor)
        return result


@operator(since=11)
class SequenceLength(Operator):
    """How many tensors: sequence → () int64.  https://onnx.ai/onnx/operators/onnx__SequenceLength.html"""

    def infer(self, input_sequence: SequenceType) -> TensorType:
        _sequence(input_sequence)
        return TensorType(DType.int64, ())

    def run(self, input_sequence: Values) -> Array:
        return np.array(len(input_sequence), np.int64)


@operator(since=11)
class ConcatFromSequence(Operator):
    """All tensors of a sequence joined along an axis, or stacked along a new one.
    https://onnx.ai/onnx/operators/onnx__ConcatFromSequence.html

    sequence of (…, n_i, …) → (…, Σn_i, …); with `new_axis`, of (…, …) → (…, how many, …)
    """

    axis: int
    new_axis: bool = False

    def infer(self, input_sequence: SequenceType) -> TensorType:
        element = as_tensor(_sequence(input_sequence).element)
        if element.shape is None:
            return element
        axis = axis_in(self.axis, len(element.shape) + self.new_axis)
        rest = element.shape[axis + (not self.new_axis) :]
        return element.with_shape([*element.shape[:axis], fresh("joined"), *rest])

    def run(self, input_sequence: Values) -> Array:
        if not input_sequence:
            raise ExecutionError("ConcatFromSequence needs at least one tensor in its sequence.")
        return (np.stack if self.new_axis else np.concatenate)(input_sequence, self.axis)


@operator(since=11)
class SplitToSequence(Operator):
    """A tensor cut along an axis into a sequence.  https://onnx.ai/onnx/operators/onnx__SplitToSequence.html

    (…, n, …) and `split`: () the size of each part, or (k,) their sizes → sequence of (…, split, …).
    Without it parts have size 1, and no such axis unless `keepdims`.
    """

    axis: int = 0
    keepdims: bool = True
    dtypes = {"input": BEFORE_BFLOAT, "split": INDICES}

    def infer(
        self,
        input: TensorType,
        split: TensorType | None = None,
        *,
        known: Sequence[Array | None] = (None, None),
    ) -> SequenceType:
        if input.shape is None:
            return SequenceType(input)
        axis = axis_in(self.axis, len(input.shape))
        part: Sequence[Dim] | None = [1] if self.keepdims else []
        if split is not None:
            part = self._part(input.shape[axis], split, numbers_in(known[1]))
        shape = None if part is None else [*input.shape[:axis], *part, *input.shape[axis + 1 :]]
        return SequenceType(input.with_shape(shape))

    def _part(self, size: Dim, split: TensorType, sizes: Sequence[int] | None) -> Sequence[Dim] | None:
        """The size that all parts have; None when they may differ."""
        if not sizes or len(set(sizes)) > 1:
            return None
        return None if split.rank == 0 and dims.mod(size, max(1, sizes[0])) != 0 else [sizes[0]]

    def run(self, input: Array, split: Array | None = None) -> Values:
        size = input.shape[self.axis]
        each = 1 if split is None else split if split.ndim else int(split)
        ends = np.cumsum(each)[:-1] if isinstance(each, np.ndarray) else np.arange(each, size, each)
        if isinstance(each, np.ndarray) and each.sum() != size:
            raise ExecutionError(f"an axis of size {size} cannot be split into parts of sizes {each}.")
        parts = np.split(input, ends, self.axis)
        return parts if split is not None or self.keepdims else [p.squeeze(self.axis) for p in parts]


@operator(since=17)
class SequenceMap(Operator):
    """A sub-graph for each tensor of a sequence; further sequences go along, further tensors stay the same.
    https://onnx.ai/onnx/operators/onnx__SequenceMap.html

    sequence, sequences and tensors → sequences.
    body: (a tensor of each sequence, the tensors) → (a tensor of each)
    """

    body: Graph
    dtypes = {"input_sequence": BEFORE_BFLOAT, "additional_inputs": BEFORE_BFLOAT}

    def infer(self, input_sequence: SequenceType, *additional_inputs: Type) -> tuple[SequenceType, ...]:
        given = (_sequence(input_sequence), *additional_inputs)
        entry = Entry(
            self.body, [t.element if isinstance(t, SequenceType) else t for t in given], "SequenceMap"
        )
        shared = {name for t in given for name in symbols_of(t)}
        results = []
        for type_ in map(entry.outside, output_types(self.body)):
            varies = not shared.issuperset(
                symbols_of(type_)
            )  # a symbol would say that all tensors have that size
            results.append(SequenceType(as_tensor(type_).with_shape(None) if varies else type_))
        return tuple(results)

    def run(self, input_sequence: Values, *additional_inputs: Any, execute: Execute) -> tuple[Values, ...]:  # noqa: ANN401
        results: tuple[Values, ...] = tuple([] for _ in self.body.outputs)
        for i, element in enumerate(input_sequence):
            others = [x[i] if isinstance(x, list) else x for x in additional_inputs]
            for result, made in zip(results, execute(self.body, (element, *others)), strict=True):
                result.append(made)
        return results
