"""What every operator is: a frozen class whose fields are its attributes and whose methods are its meaning.

    @operator(since=13)
    class Gemm(Operator):
        '''…formula, shapes, source…'''

        alpha: float = 1.0
        transA: bool = False

        def infer(self, a: TensorType, b: TensorType, c: TensorType | None = None) -> TensorType: …
        def run(self, a: Array, b: Array, c: Array | None = None) -> Array: …

The operator's name is the class name, its attributes are the fields, its inputs are the parameters of ``infer``
(``| None = None``: optional; ``*xs``: any number), its outputs are what ``infer`` returns. Three keyword-only
parameters are filled by whoever calls: ``known`` (of infer: contents of the inputs, None where unknown) for operators
whose output shape depends on them, ``execute`` (of run: runs a sub-graph) for If, Loop and Scan, and ``count`` (of
run: how many outputs the node has; by default all) where trailing outputs cost time, as MaxPool's Indices do. An
infer whose number of outputs is the node's own choice (Split) may ask for ``count`` as well.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, dataclass_transform

import numpy as np

from irkit.errors import GraphError, ShapeError
from irkit.ir import DType, Graph, OptionalType, SequenceType, TensorType, Type
from irkit.ir.types import ANY
from irkit.ir.weights import Array
from irkit.operators.attributes import AttributeSpec, attribute_specs

# The largest tensor of integers whose contents are followed through shape arithmetic.
MAX_KNOWN = 1024


@dataclass(frozen=True, slots=True)
class Parameters:
    """The inputs of an operator, read from its `infer`: names, how many are required, and a trailing ``*xs``."""

    names: tuple[str, ...]
    required: int
    variadic: bool
    wants_known: bool
    wants_execute: bool
    wants_count: bool = False
    infer_wants_count: bool = False
    tensors: tuple[bool, ...] = ()  # for each input, whether it can only be a tensor
    # How many inputs must be named: up to the last required one, or to where ``*xs`` begins; a bare ``*xs`` takes one.
    least: int = field(init=False)
    most: int | None = field(init=False)  # how many inputs there can be; None: any number

    def __post_init__(self) -> None:
        count = len(self.names)
        least = max(self.required, count - 1, 1) if self.variadic else self.required
        object.__setattr__(self, "least", least)
        object.__setattr__(self, "most", None if self.variadic else count)

    @classmethod
    def of(cls, infer: Callable[..., object], run: Callable[..., object] | None) -> Parameters:
        parameters = list(inspect.signature(infer).parameters.values())[1:]
        positional = [p for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
        star = [p for p in parameters if p.kind is p.VAR_POSITIONAL]
        return cls(
            names=tuple(p.name for p in (*positional, *star)),
            required=sum(p.default is p.empty for p in positional),
            variadic=bool(star),
            wants_known=any(p.name == "known" for p in parameters),
            wants_execute=run is not None and "execute" in inspect.signature(run).parameters,
            wants_count=run is not None and "count" in inspect.signature(run).parameters,
            infer_wants_count=any(p.name == "count" for p in parameters),
            tensors=tuple(str(p.annotation).startswith("TensorType") for p in (*positional, *star)),
        )

    def name_of(self, position: int) -> str:
        """Name of the input at `position`; those of a variadic tail are numbered."""
        if self.variadic and position >= len(self.names) - 1:
            return f"{self.names[-1]}[{position - len(self.names) + 1}]"
        return self.names[position]


class Operator:
    """Base of all operators. See the module's text for how to write one."""

    domain: ClassVar[str] = ""  # "" is ai.onnx
    since: ClassVar[int]  # version of the operator's definition, as in ONNX
    default_outputs: ClassVar[int | None] = None  # how many outputs a node has when not told; None: all
    least_outputs: ClassVar[int | None] = None  # how few it may have; None: default_outputs, or all
    dtypes: ClassVar[Mapping[str, frozenset[DType]]] = {}  # what each input accepts; absent: anything
    shape_arithmetic: ClassVar[bool] = False  # `run` also works on arrays of symbolic sizes
    parameters: ClassVar[Parameters]
    specs: ClassVar[tuple[AttributeSpec, ...]]
    accepted: ClassVar[tuple[frozenset[DType], ...]]  # `dtypes`, for each input

    infer: ClassVar[Callable[..., Any]]  # (types…) → types; every class defines its own parameters
    run: ClassVar[Callable[..., Any]]  # (arrays…) → arrays

    def __post_init__(self) -> None:
        for spec in self.specs:
            spec.check(self)

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def subgraphs(self) -> tuple[Graph, ...]:
        """Graphs among the attributes, in the order of their names."""
        return tuple(getattr(self, s.name) for s in self.specs if s.is_graph) if self._has_graphs else ()

    _has_graphs: ClassVar[bool] = False

    def with_subgraphs(self, graphs: Sequence[Graph]) -> Operator:
        """The same operator with other graphs, in the order of `subgraphs`."""
        names = [s.name for s in self.specs if s.is_graph]
        return dataclasses.replace(self, **dict(zip(names, graphs, strict=True)))  # type: ignore[type-var]  # a dataclass

    def attributes(self) -> dict[str, object]:
        """Attributes that differ from their default, by name."""
        return {s.name: v for s in self.specs if not s.is_default(v := getattr(self, s.name))}

    def infer_outputs(
        self, types: Sequence[Type | None], known: Sequence[Array | None], count: int | None
    ) -> tuple[tuple[Type, ...], tuple[Array | None, ...]]:
        """Types of the outputs, and their contents where known. Raises ShapeError or GraphError."""
        self._check_inputs(types)
        parameters = self.parameters
        if parameters.wants_known or parameters.infer_wants_count:
            extra: dict[str, Any] = {"known": tuple(known)} if parameters.wants_known else {}
            if parameters.infer_wants_count:
                extra["count"] = count
            result = self.infer(*types, **extra)
        else:
            result = self.infer(*types)
        outputs: tuple[Type, ...] = result if isinstance(result, tuple) else (result,)
        wanted = count if count is not None else self.default_outputs
        if wanted is not None:
            if wanted > len(outputs):
                raise GraphError(f"{self.name} has {len(outputs)} outputs, not {wanted}.")
            outputs = outputs[:wanted]
        contents = self.known_outputs(types, known, outputs)
        return outputs, contents or (None,) * len(outputs)

    def known_outputs(
        self, types: Sequence[Type | None], known: Sequence[Array | None], outputs: Sequence[Type]
    ) -> tuple[Array | None, ...] | None:
        """Contents of the outputs when they follow from known inputs: shape arithmetic, on numbers and symbols."""
        if not self.shape_arithmetic:
            return None
        for contents, type_ in zip(known, types, strict=True):
            if contents is None and type_ is not None:
                return None
        if not all(_is_small_integer(t) for t in outputs):
            return None
        try:
            result = self.run(*known)
        except (TypeError, ValueError, ZeroDivisionError):
            return None  # a symbolic size met an operation that needs a number
        results = result if isinstance(result, tuple) else (result,)
        return tuple(_as_known(r, t) for r, t in zip(results, outputs, strict=False))

    def _check_inputs(self, types: Sequence[Type | None]) -> None:
        p = self.parameters
        if len(types) < p.least or (p.most is not None and len(types) > p.most):
            most = " or more" if p.most is None else f" to {p.most}" if p.most > p.least else ""
            raise GraphError(f"{self.name} takes {p.least}{most} inputs, not {len(types)}.")
        accepted = self.accepted
        last = len(accepted) - 1
        for i, type_ in enumerate(types):
            usual = isinstance(type_, TensorType)  # a tensor of the right kind is looked at no further
            if not usual or type_.dtype not in accepted[min(last, i)]:  # type: ignore[union-attr]  # a tensor
                self._check_input(i, type_)

    def _check_input(self, i: int, type_: Type | None) -> None:
        p = self.parameters
        if type_ is None:
            if i < p.required:
                raise GraphError(f"{self.name} needs its input '{p.name_of(i)}'.")
            return
        place = min(i, len(p.names) - 1)
        if p.tensors[place] and not isinstance(type_, TensorType):
            raise ShapeError(f"input '{p.name_of(i)}' of {self.name} must be a tensor, not {type_}.")
        self._check_dtype(p.names[place], type_)

    def _check_dtype(self, parameter: str, type_: Type) -> None:
        accepted = self.dtypes.get(parameter)
        if accepted is None:
            return
        while isinstance(type_, SequenceType | OptionalType):
            type_ = type_.element
        if type_.dtype not in accepted:
            names = ", ".join(str(d) for d in sorted(accepted))
            raise ShapeError(
                f"input '{parameter}' of {self.name} must not be {type_.dtype}.", cure=f"It takes {names}."
            )


def _is_small_integer(type_: Type) -> bool:
    if not isinstance(type_, TensorType) or type_.dtype not in (DType.int64, DType.int32, DType.bool):
        return False
    return type_.is_static and isinstance(type_.size, int) and type_.size <= MAX_KNOWN


def _as_known(result: object, type_: Type) -> Array | None:
    """A kernel's result as contents: plain integers where no symbol is left."""
    array = np.asarray(result)
    if array.dtype != object:
        return array
    try:
        assert isinstance(type_, TensorType)
        return array.astype(type_.dtype.numpy)
    except (TypeError, ValueError):
        return array  # symbols remain


O = TypeVar("O", bound=type[Operator])
registry: dict[tuple[str, str], type[Operator]] = {}


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def operator(*, since: int, domain: str = "") -> Callable[[O], O]:
    """Make a class an operator: a frozen dataclass, entered in the registry under (domain, class name)."""

    def enter(cls: O) -> O:
        cls = dataclass(frozen=True)(cls)  # type: ignore[assignment]  # a dataclass of the same class
        cls.since, cls.domain = since, domain
        cls.parameters = Parameters.of(cls.infer, getattr(cls, "run", None))
        cls.specs = attribute_specs(cls)
        cls.accepted = tuple(cls.dtypes.get(name, ANY) for name in cls.parameters.names)
        cls._has_graphs = any(s.is_graph for s in cls.specs)
        assert (domain, cls.__name__) not in registry, f"{cls.__name__} is defined twice"
        registry[domain, cls.__name__] = cls
        return cls

    return enter
