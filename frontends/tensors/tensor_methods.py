"""Operators and methods of tensors and variables, those of numpy and Keras; each hands on to a function of irkit.ops.

In-place operators are left out on purpose: ``x += y`` then means ``x = x + y``, and whoever else holds the old tensor
keeps its values.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np

from irkit.errors import CaptureError
from irkit.frontends.tensors.size import OpenNumber
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.tensors.tensor import Tensor
    from irkit.frontends.tensors.variable import Variable

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

# What numpy's functions of the same name hand to a method, and what it means when it stands there
_NUMPYS_DEFAULTS = {"out": None, "dtype": None, "ddof": 0, "order": "C"}
_UFUNCS = {"divide": "true_divide", "remainder": "mod", "invert": "bitwise_not"}


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
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:  # arguments and results of that function
        if kwargs:
            kwargs = {
                k: v for k, v in kwargs.items() if k not in _NUMPYS_DEFAULTS or v != _NUMPYS_DEFAULTS[k]
            }
        return getattr(functions(), function)(self, *args, **kwargs)

    method.__name__ = function
    method.__doc__ = f"irkit.ops.{function} of this tensor."
    return method


def _shown(function: str) -> Any:  # a property, made from a name
    def read(self: Any) -> Tensor:  # a Tensor or Variable
        result: Tensor = getattr(functions(), function)(self)
        return result

    return property(read, doc=f"irkit.ops.{function} of this tensor.")


class TensorMethods:
    """Operators and methods shared by tensors and variables."""

    __slots__ = ()

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:  # numpy's protocol
        """numpy's functions on tensors are irkit's: np.exp(x) is ops.exp(x), array + x is ops.add(array, x)."""
        function = getattr(functions(), _UFUNCS.get(ufunc.__name__, ufunc.__name__), None)
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
    __divmod__, __rdivmod__ = _operator("divmod_method"), _operator("divmod_method", reflected=True)
    __pow__, __rpow__ = _operator("power"), _operator("power", reflected=True)
    __matmul__, __rmatmul__ = _operator("matmul"), _operator("matmul", reflected=True)
    __and__, __rand__ = _operator("bitwise_and"), _operator("bitwise_and", reflected=True)
    __or__, __ror__ = _operator("bitwise_or"), _operator("bitwise_or", reflected=True)
    __xor__, __rxor__ = _operator("bitwise_xor"), _operator("bitwise_xor", reflected=True)
    __lshift__, __rlshift__ = _operator("left_shift"), _operator("left_shift", reflected=True)
    __rshift__, __rrshift__ = _operator("right_shift"), _operator("right_shift", reflected=True)
    __lt__, __le__ = _operator("less"), _operator("less_equal")
    __gt__, __ge__ = _operator("greater"), _operator("greater_equal")
    __eq__, __ne__ = _operator("equal"), _operator("not_equal")
    __hash__ = object.__hash__
    __neg__, __abs__, __invert__ = _unary("negative"), _unary("absolute"), _unary("bitwise_not")
    __pos__, __round__ = _unary("copy"), _unary("round")

    sum, mean, prod, std, var = _unary("sum"), _unary("mean"), _unary("prod"), _unary("std"), _unary("var")
    max, min, argmax, argmin = _unary("max"), _unary("min"), _unary("argmax"), _unary("argmin")
    all, any, cumsum, cumprod = _unary("all"), _unary("any"), _unary("cumsum"), _unary("cumprod")
    astype, copy, round, clip = _unary("cast"), _unary("copy"), _unary("round"), _unary("clip")
    reshape, transpose = _unary("reshape_method"), _unary("transpose_method")
    squeeze, swapaxes, repeat = _unary("squeeze"), _unary("swapaxes"), _unary("repeat")
    flatten = ravel = _unary("ravel")
    sort, argsort, take, nonzero = _unary("sort"), _unary("argsort"), _unary("take"), _unary("nonzero")
    dot, diagonal, trace, conj = _unary("dot"), _unary("diagonal"), _unary("trace"), _unary("conjugate")

    T = _shown("transpose")
    mT = _shown("matrix_transpose_method")  # noqa: N815  # the array API's name
    real, imag = _shown("real"), _shown("imag")

    def __getitem__(self: Any, index: object) -> Tensor:  # a Tensor or Variable
        result: Tensor = functions().getitem(self, index)
        return result

    def __setitem__(self: Any, index: object, value: object) -> None:  # a Tensor or Variable
        raise CaptureError(
            "the elements of a tensor cannot be assigned.",
            source=str(caller()),
            cure="Use irkit.ops.slice_update, scatter_update or where, which return a new tensor.",
        )


_OPERANDS = (TensorMethods, np.ndarray, np.generic, bool, int, float, complex, str, list, tuple, OpenNumber)
