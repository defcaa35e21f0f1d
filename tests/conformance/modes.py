"""Ways of telling a shape rule less than everything, and the question whether what it answers is true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from irkit.ir import Dim, Graph, OptionalType, SequenceType, TensorType, Type, Value, dims, symbol, type_of
from irkit.operators import Operator, make
from irkit.operators.base import MAX_KNOWN
from tests.conformance.cases import Case
from tests.conformance.running import run

MODES = ("static", "constants", "symbolic", "symbolic with constants", "unknown rank", "one unknown rank")


def exact_type(case: Case, position: int) -> Type | None:
    """The type of an input, as precise as its value tells."""
    value, declared = case.inputs[position], case.types[position] if case.types else None
    if value is None or (isinstance(value, list) and not value):
        return declared  # type: ignore[no-any-return]  # a Type
    found = type_of(value) if isinstance(value, np.ndarray) else _sequence_type(value)
    return OptionalType(found) if isinstance(declared, OptionalType) else found


def _sequence_type(value: list[np.ndarray]) -> SequenceType:
    element = type_of(value[0])
    same = all(v.shape == value[0].shape for v in value)
    return SequenceType(element if same else element.with_shape(None))


@dataclass
class Question:
    """One case in one mode: a graph of one node, built from what the mode tells."""

    case: Case
    mode: str
    graph: Graph = field(default_factory=Graph)
    symbols: dict[str, Dim] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # a stranger's file: of two different sizes one may be 1
        self.graph.constraints.exact_broadcast = True
        self.inputs = [self._input(i) for i in range(len(self.case.inputs))]
        attributes = self.case.attributes
        made = attributes(self.graph, self.inputs) if callable(attributes) else attributes
        self.op: Operator = make(self.case.domain, self.case.operator, made)
        self.outputs: tuple[Value, ...] = self.graph.add(self.op, self.inputs, count=self.case.outputs)

    def _input(self, position: int) -> Value | None:
        type_ = exact_type(self.case, position)
        if type_ is None:
            return None
        value = self.graph.input(f"x{position}", self._told(type_, position))
        array = self.case.inputs[position]
        if self._is_constant(array):
            value.known = array
        return value

    def _is_constant(self, array: Any) -> bool:
        if not isinstance(array, np.ndarray) or array.dtype == object or array.size > MAX_KNOWN:
            return False
        return self.mode == "constants" or (self.mode == "symbolic with constants" and is_shape_like(array))

    def _told(self, type_: Type, position: int) -> Type:
        if not isinstance(type_, TensorType):
            return type_
        if self.mode == "unknown rank" or (self.mode == "one unknown rank" and position == 0):
            return type_.with_shape(None)
        if self.mode.startswith("symbolic") and not self._is_constant(self.case.inputs[position]):
            names = [f"n{position}_{axis}" for axis in range(len(type_.shape or ()))]
            self.symbols.update(zip(names, type_.shape or (), strict=True))
            return type_.with_shape([symbol(n) for n in names])
        return type_

    def run(self, convert: Callable[[np.ndarray], np.ndarray] = lambda x: x) -> list[Any]:
        """What the kernel makes of the case's inputs, which it cannot write to."""
        given = [locked(x, convert) for x in self.case.inputs]
        outer = {v: x for v, x in zip(self.inputs, given, strict=True) if v is not None}
        return run(self.op, given, outer, len(self.outputs))


def locked(value: Any, convert: Callable[[np.ndarray], np.ndarray]) -> Any:
    """A value whose arrays are read-only."""
    if isinstance(value, list):
        return [locked(v, convert) for v in value]
    if not isinstance(value, np.ndarray):
        return value
    array = convert(value).view()
    array.flags.writeable = False
    return array


def is_shape_like(array: np.ndarray) -> bool:
    return array.dtype.name in ("int64", "int32") and array.ndim <= 1


def assert_true_of(question: Question, results: Sequence[Any]) -> None:
    """Raises AssertionError unless every type, known content and constraint holds of the executed results."""
    sizes = dict(question.symbols)
    for value, result in zip(question.outputs, results, strict=True):
        assert_type_holds(value.type, result, sizes)
    for value, result in zip(question.outputs, results, strict=True):
        if value.known is not None:
            found = (
                [dims.substitute(d, sizes) for d in value.known.flat]
                if value.known.dtype == object
                else value.known
            )
            np.testing.assert_array_equal(
                np.array(found).reshape(value.known.shape), result, f"known {value.known}"
            )
    for constraint in question.graph.constraints:
        left, right = (dims.substitute(d, sizes) for d in (constraint.left, constraint.right))
        assert dims.equal(left, right) is not False, f"demands {constraint}, but {left} is not {right}"


def assert_type_holds(type_: Type, result: Any, sizes: dict[str, Dim]) -> None:
    """Raises AssertionError unless `result` is of `type_`; binds symbols that it meets for the first time."""
    if isinstance(type_, OptionalType):
        if result is not None:
            assert_type_holds(type_.element, result, sizes)
    elif isinstance(type_, SequenceType):
        assert isinstance(result, list), f"{type_} is said to be {type(result).__name__}"
        for element in result:
            assert_type_holds(type_.element, element, sizes)
    else:
        assert isinstance(result, np.ndarray), f"{type_} is said to be {type(result).__name__}"
        assert result.dtype == type_.dtype.numpy, f"{type_} has dtype {result.dtype}"
        if type_.shape is not None:
            assert len(type_.shape) == result.ndim, f"{type_} has shape {result.shape}"
            for size, actual in zip(type_.shape, result.shape, strict=True):
                _assert_size_holds(size, actual, sizes, f"{type_} has shape {result.shape}")


def _assert_size_holds(size: Dim, actual: int, sizes: dict[str, Dim], text: str) -> None:
    size = dims.substitute(size, sizes)
    if isinstance(size, int):
        assert size == actual, text
    elif (names := list(dims.symbols(size))) and size == symbol(names[0]):
        sizes[names[0]] = actual  # a size that only running tells


def is_full(type_: Type, free: Mapping[str, Dim]) -> bool:
    """Whether a type says all that can be said: it has no symbols but those `free` from the beginning."""
    while not isinstance(type_, TensorType):
        type_ = type_.element
    return type_.shape is not None and all(name in free for d in type_.shape for name in dims.symbols(d))
