"""Tensors as users hold them: eager ones have values, symbolic ones stand for a value of a graph being defined.

Both have the same methods and operators, those of numpy and Keras; each composes ``irkit.ops``.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, Union

import numpy as np

from irkit.errors import CaptureError
from irkit.frontends.definition import Definition, current_scope
from irkit.frontends.size import OpenNumber, Size, as_size, shown_size
from irkit.ir import Array, TensorType, Value, type_of
from irkit.ir.source import caller, is_own

if TYPE_CHECKING:
    from irkit.frontends.variable import Variable

# What functions take as a tensor.
TensorLike: TypeAlias = Union[
    "Tensor",
    "Variable",
    np.ndarray[Any, Any],
    np.generic,
    bool,
    int,
    float,
    complex,
    str,
    list[Any],
    tuple[Any, ...],
]


@cache
def functions() -> Any:  # a module
    """irkit.frontends.ops, which stands above this file: found when a tensor is first computed with."""
    return importlib.import_module("irkit.frontends.ops")


def _operator(function: str, *, reflected: bool = False) -> Any:  # a method, made from a name
    """A method that hands on to the function of irkit.ops of that name."""

    def method(self: Any, other: TensorLike) -> Tensor:  # a Tensor or Variable
        if not isinstance(other, _OPERANDS):
            return NotImplemented
        a, b = (other, self) if reflected else (self, other)
        result: Tensor = getattr(functions(), function)(a, b)
        return result

    return method


def _unary(function: str) -> Any:  # a method, made from a name
    def method(self: Any, *args: Any, **kwargs: Any) -> Tensor:  # arguments of that function
        result: Tensor = getattr(functions(), function)(self, *args, **kwargs)
        return result

    method.__name__ = function
    method.__doc__ = f"irkit.ops.{function} of this tensor."
    return method


class TensorMethods:
    """Operators and methods shared by tensors and variables."""

    __slots__ = ()

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:  # numpy's protocol
        """numpy's functions on tensors are irkit's: np.exp(x) is ops.exp(x), array + x is ops.add(array, x)."""
        name = {"divide": "true_divide", "remainder": "mod"}.get(ufunc.__name__, ufunc.__name__)
        function = getattr(functions(), name, None)
        if method != "__call__" or kwargs or function is None:
            raise CaptureError(
                f"numpy.{ufunc.__name__} cannot be used on a tensor"
                + (f" by {method}." if method != "__call__" else "."),
                source=str(caller()),
                cure="Use functions of irkit.ops, or x.numpy() where x has values.",
            )
        return function(*inputs)

    __add__, __radd__ = _operator("add"), _operator("add", reflected=True)
    __sub__, __rsub__ = _operator("subtract"), _operator("subtract", reflected=True)
    __mul__, __rmul__ = _operator("multiply"), _operator("multiply", reflected=True)
    __truediv__, __rtruediv__ = _operator("true_divide"), _operator("true_divide", reflected=True)
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _operator("floor_divide", reflected=True)
    __mod__, __rmod__ = _operator("mod"), _operator("mod", reflected=True)
    __pow__, __rpow__ = _operator("power"), _operator("power", reflected=True)
    __matmul__, __rmatmul__ = _operator("matmul"), _operator("matmul", reflected=True)
    __and__, __rand__ = (
        _operator("bitwise_and"),
        _operator("bitwise_and", reflected=True),
    )
    __or__, __ror__ = _operator("bitwise_or"), _operator("bitwise_or", reflected=True)
    __xor__, __rxor__ = (
        _operator("bitwise_xor"),
        _operator("bitwise_xor", reflected=True),
    )
    __lt__, __le__ = _operator("less"), _operator("less_equal")
    __gt__, __ge__ = _operator("greater"), _operator("greater_equal")
    __eq__, __ne__ = _operator("equal"), _operator("not_equal")
    __hash__ = object.__hash__
    __neg__, __abs__, __invert__ = _unary("negative"), _unary("absolute"), _unary("bitwise_not")
    sum, mean, max, min, prod = _unary("sum"), _unary("mean"), _unary("max"), _unary("min"), _unary("prod")
    all, any, argmax, argmin = _unary("all"), _unary("any"), _unary("argmax"), _unary("argmin")
    astype, reshape, transpose, squeeze = (
        _unary("cast"),
        _unary("reshape_method"),
        _unary("transpose_method"),
        _unary("squeeze"),
    )

    def __getitem__(self: Any, index: object) -> Tensor:  # a Tensor or Variable
        result: Tensor = functions().getitem(self, index)
        return result

    def __setitem__(self: Any, index: object, value: object) -> None:  # a Tensor or Variable
        raise CaptureError(
            "the elements of a tensor cannot be assigned.",
            source=str(caller()),
            cure="Use irkit.ops.slice_update, scatter_update or where, which return a new tensor.",
        )

    @property
    def T(self: Any) -> Tensor:
        """Axes reversed."""
        result: Tensor = functions().transpose(self)
        return result


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
        return len(self.shape)


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
    def size(self) -> int:
        return self.array.size

    def numpy(self) -> Array:
        """The values, as an array that the caller may change."""
        return self.array.copy()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:  # numpy's protocol
        if dtype is None or dtype == self.array.dtype:
            return self.array.copy() if copy else self.array
        return self.array.astype(dtype)

    def item(self) -> Any:  # a Python number
        return self.array.item()

    def __bool__(self) -> bool:
        return bool(self.array)

    def __int__(self) -> int:
        return int(self.array)

    def __float__(self) -> float:
        return float(self.array)

    def __index__(self) -> int:
        return self.array.__index__()

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[EagerTensor]:
        return (EagerTensor(np.asarray(row)) for row in self.array)

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


_OPERANDS = (TensorMethods, np.ndarray, np.generic, bool, int, float, complex, str, list, tuple, OpenNumber)
