"""Attributes of operators, between Python's values and irkit.v1.Attribute. Graphs and types are left to the caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from irkit._generated import irkit_pb2 as pb
from irkit.errors import AttributeRangeError, FormatError, LimitError
from irkit.ir import limits
from irkit.operators.attributes import AttributeSpec, Kind
from irkit.serialize.tensor_messages import TensorReader, write_tensor
from irkit.serialize.weights import WeightsLayout

# The field of irkit.v1.Attribute that holds each kind.
FIELDS: Mapping[Kind, str] = {
    Kind.int: "i",
    Kind.float: "f",
    Kind.string: "s",
    Kind.tensor: "tensor",
    Kind.graph: "graph",
    Kind.ints: "ints",
    Kind.floats: "floats",
    Kind.strings: "strings",
    Kind.type: "type",
}


def write_attribute(
    spec: AttributeSpec,
    value: Any,  # noqa: ANN401  # typed by its kind
    message: pb.Attribute,
    layout: WeightsLayout,
) -> None:
    """Put `value`, which is neither a graph nor a type, into `message`. Raises AttributeRangeError or LimitError."""
    try:
        match spec.kind:
            case Kind.int:
                message.i = int(value)
            case Kind.float:
                message.f = value
            case Kind.string:
                message.s = value.encode()
            case Kind.tensor:
                write_tensor(value, message.tensor, layout)
            case Kind.strings:
                message.strings.values.extend([v.encode() for v in value])
                message.strings.SetInParent()
            case _:
                numbers = message.ints if spec.kind is Kind.ints else message.floats
                numbers.values.extend(value)
                numbers.SetInParent()  # an empty list is a value, too
    except (OverflowError, TypeError, UnicodeError, ValueError) as error:  # protobuf's, beyond 64 bits
        raise AttributeRangeError(f"attribute '{spec.name}' cannot be written: {error}.") from None
    _check_size(spec.kind, message, spec.name)


def _check_size(kind: Kind, message: pb.Attribute, name: str) -> None:
    if kind in (Kind.ints, Kind.floats, Kind.strings):
        elements = getattr(message, FIELDS[kind]).values
        if len(elements) > limits.LIST_ELEMENTS:
            raise LimitError(
                f"attribute '{name}' has {len(elements):,} elements; {limits.LIST_ELEMENTS:,} are allowed."
            )
    texts = [message.s] if kind is Kind.string else message.strings.values if kind is Kind.strings else ()
    if any(len(text) > limits.STRING_BYTES for text in texts):
        raise LimitError(f"attribute '{name}' holds a string of more than {limits.STRING_BYTES:,} bytes.")


def check_kind(spec: AttributeSpec, message: pb.Attribute) -> None:
    """Raises FormatError."""
    if message.WhichOneof("value") != FIELDS[spec.kind]:
        raise FormatError(f"attribute '{spec.name}' must be of kind {spec.kind.name}.")


class AttributeReader:
    """Attributes of a stranger's file, each of the kind and in the form that a writer would give it."""

    def __init__(self, tensors: TensorReader) -> None:
        self._read: Mapping[Kind, Callable[[pb.Attribute], object]] = {
            Kind.int: lambda message: message.i,
            Kind.float: lambda message: message.f,
            Kind.string: lambda message: message.s.decode(),
            Kind.tensor: lambda message: tensors.array(message.tensor),
            Kind.ints: lambda message: tuple(message.ints.values),
            Kind.floats: lambda message: tuple(message.floats.values),
            Kind.strings: lambda message: tuple(v.decode() for v in message.strings.values),
        }

    def read(self, spec: AttributeSpec, message: pb.Attribute) -> object:
        """The value, which is neither a graph nor a type. Raises FormatError or LimitError."""
        _check_size(spec.kind, message, spec.name)
        try:
            value = self._read[spec.kind](message)
        except UnicodeDecodeError:
            raise FormatError(f"attribute '{spec.name}' is not UTF-8.") from None
        if spec.kind is Kind.int and spec.type is bool and value not in (0, 1):
            raise FormatError(f"attribute '{spec.name}' must be 0 or 1, not {value}.")
        return value
