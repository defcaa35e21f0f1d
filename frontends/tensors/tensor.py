"""Tensors as users hold them: eager ones have values, symbolic ones stand for a value of a graph being defined.

Both have the same methods and operators: see tensor_methods.py.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np

from irkit.errors import ArgumentError, CaptureError
from irkit.frontends.tensors.definition import Definition, current_scope
from irkit.frontends.tensors.size import Size, as_size, shown_size
from irkit.frontends.tensors.tensor_methods import TensorLike as TensorLike
from irkit.frontends.tensors.tensor_methods import TensorMethods as TensorMethods
from irkit.frontends.tensors.tensor_methods import functions as functions
from irkit.ir import Array, TensorType, Value, type_of
from irkit.ir.source import caller, is_own


class Tensor(TensorMethods):
    """Base of eager and symbolic tensors."""

    __slots__ = ()

    @property
    def type(self) -> TensorType:
        raise NotImplementedError

    @property
    def dtype(self) -> str:
        """Name of the element type, e.g. "float32"."""
        return str(self.type.dtype)

    @property
    def shape(self) -> tuple[int | Size, ...]:
        """Sizes: ints, and Size for those that are known only by name."""
        shape = self.type.shape
        if shape is None:
            raise CaptureError("The rank of this tensor is not known.", source=str(caller()))
        me = (self,) if isinstance(self, SymbolicTensor) else ()
        return tuple(as_size(d, me) for d in shape)

    @property
    def ndim(self) -> int:
        rank = self.type.rank
        return len(self.shape) if rank is None else rank

    @property
    def size(self) -> int | Size:
        """How many elements there are."""
        return math.prod(self.shape)  # sizes multiply as ints do


class EagerTensor(Tensor):
    """A tensor with values. `array` is a numpy array that nobody may change."""

    __slots__ = ("_keras_mask", "array")  # the mask is unset where there is none

    _keras_mask: Any

    def __init__(self, array: Array) -> None:
        self.array = array

    @property
    def type(self) -> TensorType:
        return type_of(self.array)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape

    @property
    def size(self) -> int:
        return self.array.size

    @property
    def device(self) -> str:
        """Where the values are: "cpu"."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: object = None) -> EagerTensor:
        """This tensor, which is there already. Raises ArgumentError for a device that is not "cpu"."""
        if device != "cpu" or stream is not None:
            raise ArgumentError(
                f"there is no device {device!r}.", source=str(caller()), cure='Eager tensors are on "cpu".'
            )
        return self

    # ---- the values, for Python

    def numpy(self) -> Array:
        """The values, as an array that the caller may change."""
        return self.array.copy()

    def tolist(self) -> Any:  # nested lists of Python's numbers, or one number
        """The values as Python's numbers, in nested lists."""
        return self.array.tolist()

    def item(self) -> Any:  # a Python number
        """The one value, as a number of Python. Raises ArgumentError where there are more."""
        return self._only("number").item()

    def _only(self, wanted: str) -> Array:
        if self.array.size != 1:
            raise ArgumentError(
                f"a tensor of {self.array.size} elements is no {wanted}: {self.type}.",
                source=str(caller()),
                cure="Take one element, or use ops.any, ops.all, ops.sum…",
            )
        return self.array.reshape(())

    def __bool__(self) -> bool:
        return bool(self._only("truth"))

    def __int__(self) -> int:
        return int(self._only("number"))

    def __float__(self) -> float:
        return float(self._only("number"))

    def __complex__(self) -> complex:
        return complex(self._only("number"))

    def __index__(self) -> int:
        return self.array.__index__()

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else repr(self)

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[EagerTensor]:
        return (EagerTensor(np.asarray(row)) for row in self.array)

    def __contains__(self, value: object) -> bool:
        return bool((self.array == np.asarray(value)).any())

    # ---- the values, for other libraries

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:  # numpy's protocol
        """A view that cannot be written to, since a tensor never changes; a copy where asked for."""
        if dtype is not None and dtype != self.array.dtype:
            return self.array.astype(dtype)
        if copy:
            return self.array.copy()
        view = self.array.view()
        view.flags.writeable = False
        return view

    def __dlpack__(self, **options: Any) -> Any:  # a capsule, by the array API standard
        """The values for another library, which must not change them. Raises BufferError for types DLPack lacks."""
        array = self.array
        if array.dtype.kind in "OV":
            raise BufferError(f"DLPack has no way to hand over {self.dtype}")
        if array.flags.writeable or options.get("max_version"):
            return (
                np.asarray(self).__dlpack__(**options)
                if options.get("max_version")
                else array.__dlpack__(**options)
            )
        return array.copy().__dlpack__(**options)  # the old protocol cannot say that memory is read-only

    def __dlpack_device__(self) -> tuple[int, int]:
        device: tuple[int, int] = self.array.__dlpack_device__()
        return device

    def __array_namespace__(self, *, api_version: str | None = None) -> Any:  # a module
        """The functions of the Python array API standard, of irkit's tensors."""
        return functions().array_namespace(api_version)

    def __repr__(self) -> str:
        return f"Tensor({np.array2string(self.array, separator=', ')}, shape={self.array.shape}, dtype={self.dtype})"


class SymbolicTensor(Tensor):
    """Stands for a value of a graph that is being defined. It has a type and no contents."""

    __slots__ = ("_definition", "_keras_mask", "value")

    _keras_mask: Any

    def __init__(self, value: Value, definition: Definition) -> None:
        self.value, self._definition = value, definition

    @property
    def definition(self) -> Definition:
        return self._definition.find()

    @property
    def name(self) -> str:
        return self.value.name

    @property
    def shape(self) -> tuple[int | Size, ...]:
        """Sizes: ints, and Size for those that are known only by name.

        A functional model's own lines, outside of layers and capture, see None instead of Size: programs written for
        Keras ask ``x.shape[1] is None`` there.
        """
        sizes = self.type.shape
        if sizes is None:
            raise CaptureError("The rank of this tensor is not known.", source=str(caller()))
        if all([isinstance(d, int) for d in sizes]):  # noqa: C419  # a list: a generator takes twice as long
            return sizes  # type: ignore[return-value]  # mypy does not follow `all`
        where = current_scope()
        if not where.path and where.capturing is None and not is_own(sys._getframe(1).f_code):
            return tuple(d if isinstance(d, int) else None for d in sizes)  # type: ignore[misc]  # Keras's None
        return tuple([as_size(d, (self,)) for d in sizes])

    @property
    def type(self) -> TensorType:
        type_ = self.value.type
        if not isinstance(type_, TensorType):
            raise CaptureError(f"'{self.name}' is a {type_}, not a tensor.", source=str(caller()))
        return type_

    def _refuse(self, what: str, cure: str) -> NoReturn:
        raise CaptureError(
            f"{what} of the symbolic tensor '{self.name}' ({self.type}) is not known while the model is defined.",
            source=str(caller()),
            cure=cure,
        )

    def __bool__(self) -> bool:  # noqa: PLE0304  # it raises
        self._refuse("The truth", "Use irkit.ops.where or irkit.ops.cond instead of `if`.")

    def __int__(self) -> int:
        self._refuse("The value", "Use irkit.ops.cast to change its type.")

    def __float__(self) -> float:
        self._refuse("The value", "Use irkit.ops.cast to change its type.")

    def __index__(self) -> int:  # noqa: PLE0305  # it raises
        self._refuse("The value", "Use irkit.ops.take or irkit.ops.slice to index with a tensor.")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:  # numpy's protocol
        self._refuse("The value", "Use functions of irkit.ops instead of numpy's.")

    def numpy(self) -> Array:
        self._refuse("The value", "Run the model first: model(x), or model.predict(x).")

    def __len__(self) -> int:
        first = self.shape[0] if self.shape else None
        if not isinstance(first, int):
            self._refuse("The length", "Use tensor.shape[0], which may be symbolic.")
        return first

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        shape = ", ".join(shown_size(d) for d in self.type.shape or ())
        return f"<SymbolicTensor '{self.name}' shape=({shape}), dtype={self.dtype}>"
