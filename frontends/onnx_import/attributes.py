"""AttributeProto → the values that operators take. Graphs stay messages, to be built when their inputs are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from irkit.errors import AttributeRangeError, FormatError, UnsupportedError
from irkit.frontends.onnx_import.ports import Sizes, type_of
from irkit.frontends.onnx_import.reading import ExternalData
from irkit.frontends.onnx_import.tensors import array_of, dense
from irkit.operators.attributes import Kind

if TYPE_CHECKING:
    import onnx


def attributes_of(
    attributes: Sequence[onnx.AttributeProto],
    outer: Mapping[str, onnx.AttributeProto],
    external: ExternalData,
    sizes: Sizes,
) -> dict[str, Any]:
    """name → value. outer: attributes of the function around the node, which its own may refer to."""
    found: dict[str, Any] = {}
    for attribute in resolved(attributes, outer):
        if attribute.name in found:
            raise AttributeRangeError(f"attribute '{attribute.name}' is given twice.")
        found[attribute.name] = _value(attribute, external, sizes)
    return found


def resolved(
    attributes: Sequence[onnx.AttributeProto], outer: Mapping[str, onnx.AttributeProto]
) -> list[onnx.AttributeProto]:
    """Attributes with those that refer to an attribute of the function around them replaced by what that is."""
    found = []
    for attribute in attributes:
        if attribute.ref_attr_name:
            given = outer.get(attribute.ref_attr_name)
            if given is None:
                continue  # an optional one that the call left out
            named = type(attribute)()
            named.CopyFrom(given)
            named.name = attribute.name
            found.append(named)
        else:
            found.append(attribute)
    return found


def _value(  # noqa: C901  # one case for each kind
    attribute: onnx.AttributeProto, external: ExternalData, sizes: Sizes
) -> Any:
    name = attribute.name
    try:
        match attribute.type:
            case Kind.float:
                return attribute.f
            case Kind.int:
                return attribute.i
            case Kind.string:
                return attribute.s.decode()
            case Kind.tensor:
                return array_of(attribute.t, external)
            case Kind.graph:
                return attribute.g
            case Kind.floats:
                return tuple(attribute.floats)
            case Kind.ints:
                return tuple(attribute.ints)
            case Kind.strings:
                return tuple(s.decode() for s in attribute.strings)
            case Kind.type:
                return type_of(attribute.tp, sizes, f"attribute '{name}'")
            case 11:  # a sparse tensor
                return dense(attribute.sparse_tensor, external)
    except UnicodeDecodeError:
        raise FormatError(f"attribute '{name}' holds text that is not UTF-8.") from None
    if attribute.type == 0:
        raise FormatError(f"attribute '{name}' does not say of which kind it is.")
    raise UnsupportedError(f"attribute '{name}' is of kind {attribute.type}, which no operator of irkit has.")
