"""Input: where a model begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.tensors.definition import Definition, LayerStep, Record
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import SymbolicTensor
from irkit.ir import Dim, DType, TensorType, symbol

# A size as users write it: a number, None for any size, or a name for a size that occurs in several places.
SizeLike: TypeAlias = int | str | Size | None


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Shape, dtype and name of a tensor that does not exist yet. Sizes: ints, None, or names.

    `TensorSpec((None, 3), "float32")` leaves the first size open.
    """

    shape: tuple[SizeLike, ...]
    dtype: str = "float32"
    name: str | None = None

    def type(self, name: str) -> TensorType:
        """The IR's type; a size given as None becomes a symbol: "batch" for the first axis, as Keras means it, else
        one made from `name` and the axis."""
        return TensorType(
            DType.of(self.dtype), tuple(_dim(d, name, axis) for axis, d in enumerate(self.shape))
        )


def _dim(size: SizeLike, name: str, axis: int) -> Dim:
    if isinstance(size, Size):
        return size.expression
    if isinstance(size, str):
        return symbol(size)
    if size is None:
        stem = "".join(c if c.isalnum() else "_" for c in name)
        return symbol(
            "batch" if axis == 0 else f"{stem}_size{axis}" if stem.isidentifier() else f"size{axis}"
        )
    if isinstance(size, bool) or int(size) != size or size < 0:
        raise ArgumentError(
            f"a size must be a number that is not negative, None or a name. Received: {size!r}.",
            cure="Write None for a size that is not fixed.",
        )
    return int(size)


@layer
class InputLayer(Layer):
    """The layer behind `Input`: it makes the first tensor of a model. Keras: InputLayer."""

    shape: Sequence[SizeLike] | None = None
    batch_size: SizeLike = None
    batch_shape: Sequence[SizeLike] | None = None
    sparse: bool | None = field(default=None, kw_only=True)
    ragged: bool | None = field(default=None, kw_only=True)
    optional: bool = field(default=False, kw_only=True)
    _hidden = frozenset({"shape", "batch_size", "trainable", "sparse", "ragged", "optional"})

    def setup(self) -> None:
        _refuse_kinds(sparse=self.sparse, ragged=self.ragged, optional=self.optional)
        if (self.shape is None) == (self.batch_shape is None):
            raise ArgumentError("give either shape or batch_shape.", cure="shape leaves out the batch axis.")
        sizes = (
            self.batch_shape if self.batch_shape is not None else (self.batch_size, *_as_shape(self.shape))
        )
        spec = TensorSpec(tuple(sizes), self.dtype)
        self.batch_shape = tuple(d if isinstance(d, int) else None if d is None else str(d) for d in sizes)
        definition = Definition()
        value = definition.graph.input(self.name, spec.type(self.name))
        tensor = SymbolicTensor(value, definition)
        record = Record((self.name,), self, (), (value,), self.source)
        definition.records.append(record)
        definition.log_layer(self, (), {}, record)
        self._nodes.append(((), (tensor,), (), tensor))
        self.built = True

    def call(self) -> None:
        raise ArgumentError("An InputLayer is not called; use its output.")


def _refuse_kinds(**kinds: bool | None) -> None:
    """Raises UnsupportedError for kinds of tensors that irkit does not have."""
    for kind, wanted in kinds.items():
        if wanted:
            raise UnsupportedError(
                f"{kind}=True is not supported: irkit has no {kind} inputs.", cure=f"Leave {kind} out."
            )


def _as_shape(shape: object) -> tuple[SizeLike, ...]:
    if isinstance(shape, list | tuple):
        return tuple(shape)
    raise ArgumentError(
        f"shape must be a tuple of sizes. Received: {shape!r}.", cure=f"Write ({shape},) for one axis."
    )


def Input(
    shape: Sequence[SizeLike] | None = None,
    batch_size: SizeLike = None,
    dtype: str | None = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Sequence[SizeLike] | None = None,
    name: str | None = None,
    tensor: SymbolicTensor | None = None,
    optional: bool = False,
) -> SymbolicTensor:
    """The first tensor of a model.

    Args:
        shape: sizes without the batch; None or a name for a size that is not fixed.
        batch_size: a number where the batch is fixed.
        dtype: "float32" by default.
        batch_shape: sizes with the batch, instead of shape and batch_size.
        name: of the model's input; "input_layer" when not given.
        tensor: returned as it is, when given.
        sparse: refused, as ragged and optional are: irkit has no such inputs.
        ragged: refused.
        optional: refused.

    Raises ArgumentError. Keras: https://keras.io/api/layers/core_layers/input/
    """
    if tensor is not None:
        return tensor
    made: SymbolicTensor = InputLayer(
        shape,
        batch_size,
        batch_shape,
        dtype=dtype or "float32",
        name=name or "",
        sparse=sparse,
        ragged=ragged,
        optional=optional,
    ).output
    return made


def input_step(tensor: SymbolicTensor) -> LayerStep | None:
    """The step of the InputLayer that made `tensor`, or None for an inner tensor."""
    step = tensor.definition.makers.get(tensor.value)
    return step if isinstance(step, LayerStep) and isinstance(step.layer, InputLayer) else None


def get_source_inputs(tensor: SymbolicTensor) -> list[SymbolicTensor]:
    """The tensors made by Input that `tensor` depends on, each once, in the order in which they are met."""
    makers = tensor.definition.makers
    pending, met = [tensor.value], {tensor.value}
    found: list[SymbolicTensor] = []
    while pending:
        step = makers.get(pending.pop())
        if isinstance(step, LayerStep) and isinstance(step.layer, InputLayer):
            found.append(step.layer.output)
        elif step is not None:
            pending.extend(v for v in reversed(step.inputs) if v not in met)
            met.update(step.inputs)
    return found
