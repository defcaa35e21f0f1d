"""Attributes of operators: their kinds, defaults and ranges, read from the fields of an operator's class."""

from __future__ import annotations

import dataclasses
import functools
import math
import operator
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from irkit.errors import AttributeRangeError
from irkit.ir import DType, Graph, Type


class Kind(IntEnum):
    """Kinds of attributes, numbered as in onnx.AttributeProto.AttributeType."""

    float = 1
    int = 2
    string = 3
    tensor = 4
    graph = 5
    floats = 6
    ints = 7
    strings = 8
    type = 13


# Python's type of a field → ONNX's kind. bool and DType are ints in ONNX.
_KINDS: Mapping[object, Kind] = {
    float: Kind.float,
    int: Kind.int,
    bool: Kind.int,
    DType: Kind.int,
    str: Kind.string,
    np.ndarray: Kind.tensor,
    Graph: Kind.graph,
    tuple[float, ...]: Kind.floats,
    tuple[int, ...]: Kind.ints,
    tuple[str, ...]: Kind.strings,
    Type: Kind.type,
}
_ELEMENTS: Mapping[Kind, type] = {Kind.floats: float, Kind.ints: int, Kind.strings: str}
_GLANCED: Mapping[Kind, set[type]] = {Kind.ints: {int}, Kind.strings: {str}}
_REQUIRED = object()
_MAX_FLOAT32 = float(np.finfo(np.float32).max)


def attribute(
    default: Any = dataclasses.MISSING,  # noqa: ANN401  # typed by the field that it initialises
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    one_of: tuple[object, ...] = (),
) -> Any:  # noqa: ANN401  # what dataclasses.field returns
    """A field with a range: numbers (each of them, in a tuple) between bounds, or one of a few values."""
    metadata = {"at_least": at_least, "at_most": at_most, "one_of": one_of}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One attribute of one operator. optional: None means absent. default: _REQUIRED where there is none."""

    name: str
    type: Any
    kind: Kind
    optional: bool
    default: object
    at_least: float | None = None
    at_most: float | None = None
    one_of: tuple[object, ...] = ()

    @property
    def is_graph(self) -> bool:
        return self.kind is Kind.graph

    @property
    def is_required(self) -> bool:
        return self.default is _REQUIRED

    def is_default(self, value: object) -> bool:
        if self.kind is Kind.tensor or type(value) is not type(self.default):
            return value is None and self.default is None
        return value == self.default and (value != 0 or str(value) == str(self.default))  # 0.0 is not -0.0

    def check(self, op: object) -> None:
        """Look at the value in `op`; lists, numpy numbers and so on become plain. Raises AttributeRangeError."""
        value = getattr(op, self.name)
        if value is None and self.optional:
            return
        plain = value if self._is_plain(value) else self._plain(value, type(op).__name__)
        if plain is not value:
            object.__setattr__(op, self.name, plain)
        if not self.one_of and self.at_least is None and self.at_most is None:
            return
        for element in plain if isinstance(plain, tuple) else (plain,):
            self._check_range(element, type(op).__name__)

    def _is_plain(self, value: object) -> bool:
        """Whether `value` is seen at a glance to be as it should; floats are rounded, so they never are."""
        if type(value) is tuple:
            return self.kind in _GLANCED and {*map(type, value)} <= _GLANCED[self.kind]
        return type(value) is self.type and self.type in (int, bool, str)

    def _plain(self, value: object, operator: str) -> object:
        try:
            if self.kind in _ELEMENTS:
                if isinstance(value, str | bytes):
                    raise TypeError
                return tuple(_converted(_ELEMENTS[self.kind], v) for v in value)  # type: ignore[attr-defined]  # checked by the except
            return _converted(self.type, value)
        except (TypeError, ValueError):
            wanted = getattr(self.type, "__name__", self.type)
            raise AttributeRangeError(
                f"attribute '{self.name}' of {operator} must be {wanted}. Received: {value!r}."
            ) from None

    def _check_range(self, value: object, operator: str) -> None:
        if self.one_of and value not in self.one_of:
            options = ", ".join(str(o) if isinstance(o, DType) else repr(o) for o in self.one_of)
            raise AttributeRangeError(
                f"attribute '{self.name}' of {operator} must be one of {options}. Received: {value!r}."
            )
        if self.at_least is not None and not value >= self.at_least:  # type: ignore[operator]  # a number, by its kind
            raise AttributeRangeError(
                f"attribute '{self.name}' of {operator} must be at least {self.at_least}. Received: {value}."
            )
        if self.at_most is not None and not value <= self.at_most:  # type: ignore[operator]
            raise AttributeRangeError(
                f"attribute '{self.name}' of {operator} must be at most {self.at_most}. Received: {value}."
            )


def _converted(type_: Any, value: Any) -> object:  # noqa: ANN401  # any attribute
    """`value` as `type_`, when that loses nothing; TypeError or ValueError otherwise."""
    if type_ in (Graph, np.ndarray, str, Type):
        if not isinstance(value, type_):
            raise TypeError
        return value
    if type_ is float:
        return _as_float32(float(value))
    if type_ is DType:
        return DType(value)
    converted = type_(value)
    if converted != value:
        raise ValueError
    return converted


def _as_float32(value: float) -> float:
    """What ONNX keeps of a float: 32 bits. Every runtime computes with that, also on float64 tensors."""
    if math.isfinite(value) and abs(value) > _MAX_FLOAT32:
        raise ValueError
    return float(np.float32(value))


def attribute_specs(cls: type) -> tuple[AttributeSpec, ...]:
    """The attributes of an operator's class, sorted by name."""
    hints = typing.get_type_hints(cls)
    return tuple(sorted((_spec(f, hints[f.name]) for f in dataclasses.fields(cls)), key=lambda s: s.name))


def _spec(field: dataclasses.Field[object], hint: object) -> AttributeSpec:
    options = [t for t in typing.get_args(hint) if t is not type(None)]
    optional = type(None) in typing.get_args(hint)
    type_ = functools.reduce(operator.or_, options) if optional else hint
    if typing.get_origin(type_) is np.ndarray:
        type_ = np.ndarray
    default = _REQUIRED if field.default is dataclasses.MISSING else field.default
    if isinstance(default, float):
        default = _as_float32(default)
    return AttributeSpec(field.name, type_, _KINDS[type_], optional, default, **field.metadata)
