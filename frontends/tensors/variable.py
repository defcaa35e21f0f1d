"""Variables: the weights of layers, and state that users keep from call to call. Usable wherever a tensor is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends import resolve
from irkit.frontends.base import naming
from irkit.frontends.tensors import state
from irkit.frontends.tensors.definition import current_scope
from irkit.frontends.tensors.dtypes import DTypeLike, dtype_of
from irkit.frontends.tensors.symbols import Symbol
from irkit.frontends.tensors.tensor import (
    EagerTensor,
    SymbolicTensor,
    Tensor,
    TensorLike,
    TensorMethods,
    functions,
)
from irkit.ir import Array, TensorType, Weight, dims, type_of
from irkit.ir.source import caller
from irkit.operators import Constant


class Variable(TensorMethods):
    """A named tensor that keeps its value from call to call. Keras: https://keras.io/api/models/variables/

        counter = irkit.Variable(0, trainable=False, name="counter")
        counter.assign_add(1)

    A variable that is assigned while a model is captured becomes a state of the model: an explicit input and output
    of its graph, which every session keeps for itself.

    ``irkit.Variable("A")``, a name and nothing else, makes a symbol instead: see symbols.py.

    Args:
        initializer: the first value; or the name of an initializer or a function that draws it, with `shape`.
        shape: needed where the initializer draws.
        dtype: by default that of the value; "float32" for what is drawn.
        trainable: whether training changes it.
        name: made when not given.
    """

    # weight: the IR's view of it, shared with every graph that reads it.
    # made_trainable: what it was made as, whatever freezing and unfreezing does to `trainable` later
    __slots__ = ("__weakref__", "made_trainable", "regularizer", "weight")

    weight: Weight
    made_trainable: bool
    regularizer: object

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:  # a Variable, or a Symbol
        if len(args) == 1 and isinstance(args[0], str) and kwargs.keys() <= {"shape", "dtype"}:
            known = kwargs.get("shape") is not None and resolve.is_initializer(args[0])
            return super().__new__(cls) if known else Symbol.placeholder(args[0], **kwargs)
        return super().__new__(cls)

    def __init__(
        self,
        initializer: TensorLike | Callable[..., object],
        shape: Sequence[int] | None = None,
        dtype: DTypeLike | None = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str = "none",
        synchronization: str = "auto",
        name: str | None = None,
        **_: object,
    ) -> None:
        path = naming.checked_name(name or naming.auto_name("variable"))
        if callable(initializer) or isinstance(initializer, str):
            type_, draw = _drawn(initializer, shape, dtype)
            self._hold(Weight(path, type_, draw, trainable=trainable))
            return
        data = np.array(functions().convert_to_tensor(initializer, dtype))
        self._hold(Weight(path, type_of(data), data, trainable=trainable))
        if shape is not None and tuple(shape) != data.shape:
            raise self._misfit(f"shape {tuple(shape)}")

    def _hold(self, weight: Weight) -> None:
        self.weight, self.made_trainable, self.regularizer = weight, weight.trainable, None

    @classmethod
    def of(cls, weight: Weight) -> Variable:
        """The variable of an existing weight."""
        self: Variable = cls.__new__(cls)
        self._hold(weight)
        return self

    @classmethod
    def drawn(cls, path: str, type: TensorType, draw: Callable[[], Array], *, trainable: bool) -> Variable:
        """A weight of a layer, whose first value is drawn when it is needed."""
        return cls.of(Weight(path, type, draw, trainable=trainable))

    @property
    def name(self) -> str:
        return self.weight.name

    @property
    def path(self) -> str:
        return self.weight.path

    @property
    def type(self) -> TensorType:
        return self.weight.type

    @property
    def dtype(self) -> str:
        return str(self.weight.type.dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.weight.shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def trainable(self) -> bool:
        return self.weight.trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.weight.trainable = bool(value)

    @property
    def value(self) -> Tensor:
        """What it holds now; later assignments do not change the tensor."""
        where = current_scope()
        if where.capturing is None:
            return EagerTensor(self.weight.data)
        definition = where.capturing.find()
        return SymbolicTensor(state.value_of(self.weight, definition), definition)

    def numpy(self) -> Array:
        """The value, as an array that the caller may change."""
        return np.array(self.weight.data)

    def __bool__(self) -> bool:
        return bool(self.weight.data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:  # numpy's protocol
        array = self.weight.data if dtype is None else self.weight.data.astype(dtype)
        return array.copy() if copy else array

    def __int__(self) -> int:
        return int(self.weight.data)

    def __float__(self) -> float:
        return float(self.weight.data)

    # ---- assigning

    def assign(self, value: object) -> Tensor:
        """Replace the value, converted to this variable's dtype; returns it.

        While a graph is defined, this is a step of the graph. Raises ShapeError when the shape differs.
        """
        if isinstance(value, SymbolicTensor) or current_scope().capturing is not None:
            return self._assign_symbol(value)
        array = np.array(value, dtype=self.weight.type.dtype.numpy)
        if array.shape != self.shape:
            raise self._misfit(f"an array of shape {array.shape}")
        self.weight.data = array
        return EagerTensor(array)

    def assign_add(self, value: TensorLike) -> Tensor:
        """Add `value`. Raises ShapeError when the sum has another shape."""
        return self.assign(functions().add(self, value))

    def assign_sub(self, value: TensorLike) -> Tensor:
        """Subtract `value`. Raises ShapeError when the difference has another shape."""
        return self.assign(functions().subtract(self, value))

    def _assign_symbol(self, value: Any) -> Tensor:  # whatever the user gave
        new, where = functions().convert_to_tensor(value, self.dtype), current_scope()
        if not isinstance(new, SymbolicTensor):
            assert where.capturing is not None
            definition = where.capturing.find()
            (made,) = definition.graph.add(
                Constant(value=np.asarray(new)), layer=where.layer, source=where.source
            )
            new = SymbolicTensor(made, definition)
        found = new.type.shape or ()
        fits = new.type.rank == self.ndim and all(
            dims.equal(a, b) for a, b in zip(found, self.shape, strict=True)
        )
        if not fits:
            raise self._misfit(f"a tensor {new.type}, and a state keeps its shape")
        state.write(self.weight, new, where.capturing or new.definition)
        return new

    def _misfit(self, found: str) -> ShapeError:
        return ShapeError(
            f"Variable '{self.path}' has shape {self.shape}. Received: {found}.",
            source=str(caller()),
            cure="Give it an array of its own shape.",
        )

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}>"


def _drawn(
    initializer: object, shape: Sequence[int] | None, dtype: DTypeLike | None
) -> tuple[TensorType, Callable[[], Array]]:
    if shape is None:
        raise ArgumentError(
            "a variable that an initializer draws needs a shape.",
            source=str(caller()),
            cure="Write Variable(initializer, shape=(…)).",
        )
    type_ = TensorType(dtype_of(dtype), tuple(int(d) for d in shape))
    return type_, resolve.drawing(initializer, type_)
