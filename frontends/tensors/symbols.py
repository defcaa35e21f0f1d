"""Symbols: placeholders by name, in MXNet's manner. What is computed with them is an expression, not a value.

    A, B = irkit.Variable("A"), irkit.Variable("B")
    D = B * A + 1
    f = irkit.compile(D)
    d = f(A=numpy.ones(10), B=numpy.ones(10) * 2)

Their shapes are unknown until they are fed: then the expression becomes a graph, once for each combination of shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from irkit.errors import ArgumentError, CaptureError
from irkit.frontends.base.naming import checked_name
from irkit.frontends.tensors.dtypes import DTypeLike, dtype_of
from irkit.frontends.tensors.tensor_methods import functions
from irkit.ir import DType
from irkit.ir.source import caller


@dataclass(frozen=True, slots=True)
class Declared:
    """What a symbol was said to be: sizes (None: any), an element type, or nothing."""

    shape: tuple[int | None, ...] | None = None
    dtype: DType | None = None


def _operator(name: str, *, reflected: bool = False) -> Any:  # a method, made from a name
    def method(self: Any, other: object) -> Symbol:  # a Symbol
        args = (other, self) if reflected else (self, other)
        return Symbol(name, getattr(functions(), name), args)

    return method


def _method(name: str) -> Any:  # a method, made from a name
    def method(self: Any, *args: Any, **kwargs: Any) -> Symbol:  # a Symbol
        return Symbol(name, getattr(functions(), name), (self, *args), kwargs)

    return method


class SymbolMethods:
    """Operators and methods: those of tensors, put off until the symbols are fed."""

    __slots__ = ()
    __array_ufunc__ = None  # numpy's arrays leave the operation to the symbol

    __add__, __radd__ = _operator("add"), _operator("add", reflected=True)
    __sub__, __rsub__ = _operator("subtract"), _operator("subtract", reflected=True)
    __mul__, __rmul__ = _operator("multiply"), _operator("multiply", reflected=True)
    __truediv__, __rtruediv__ = _operator("true_divide"), _operator("true_divide", reflected=True)
    __floordiv__, __rfloordiv__ = _operator("floor_divide"), _operator("floor_divide", reflected=True)
    __mod__, __rmod__ = _operator("mod"), _operator("mod", reflected=True)
    __pow__, __rpow__ = _operator("power"), _operator("power", reflected=True)
    __matmul__, __rmatmul__ = _operator("matmul"), _operator("matmul", reflected=True)
    __and__, __or__, __xor__ = _operator("bitwise_and"), _operator("bitwise_or"), _operator("bitwise_xor")
    __lt__, __le__ = _operator("less"), _operator("less_equal")
    __gt__, __ge__ = _operator("greater"), _operator("greater_equal")
    __neg__, __abs__, __invert__ = _method("negative"), _method("absolute"), _method("bitwise_not")
    __getitem__ = _method("getitem")

    sum, mean, prod, std, var = (
        _method("sum"),
        _method("mean"),
        _method("prod"),
        _method("std"),
        _method("var"),
    )
    max, min, argmax, argmin = _method("max"), _method("min"), _method("argmax"), _method("argmin")
    all, any, cumsum, squeeze = _method("all"), _method("any"), _method("cumsum"), _method("squeeze")
    reshape, transpose = _method("reshape_method"), _method("transpose_method")
    astype, flatten = _method("cast"), _method("ravel")


class Symbol(SymbolMethods):
    """A placeholder, or an expression of placeholders.

    function: of irkit.ops, or a layer; None for a placeholder. args, kwargs: what it is called with, symbols too.
    """

    __slots__ = ("__weakref__", "args", "declared", "function", "kwargs", "name", "source")

    def __init__(
        self,
        name: str,
        function: Callable[..., Any] | None = None,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        declared: Declared | None = None,
    ) -> None:
        self.name, self.function, self.source = name, function, caller()
        self.args, self.kwargs, self.declared = tuple(args), dict(kwargs or {}), declared or Declared()

    @classmethod
    def placeholder(
        cls, name: str, shape: Sequence[int | None] | None = None, dtype: DTypeLike | None = None
    ) -> Symbol:
        """A symbol that is fed by its name."""
        declared = Declared(
            None if shape is None else tuple(shape), None if dtype is None else dtype_of(dtype)
        )
        return cls(checked_name(name), declared=declared)

    def apply(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Symbol:
        """function(self, *args, **kwargs), once this symbol is fed: ``x.apply(irkit.ops.relu)``."""
        return Symbol(getattr(function, "__name__", str(function)), function, (self, *args), kwargs)

    def parts(self) -> Iterator[Symbol]:
        """The symbols that it is directly made of."""
        pending = [*self.args, *self.kwargs.values()]
        while pending:
            part = pending.pop(0)
            if isinstance(part, Symbol):
                yield part
            elif isinstance(part, list | tuple):
                pending[:0] = part

    def __repr__(self) -> str:
        if self.function is None:
            return f"<Symbol {self.name}>"
        shown = ", ".join(a.name if isinstance(a, Symbol) else repr(a) for a in self.args)
        return f"<Symbol {self.name}({shown}), {self.source}>"

    # ---- what a symbol has not

    def _refuse(self, what: str) -> NoReturn:
        raise CaptureError(
            f"{what} of the symbol '{self.name}' is not known before it is fed.",
            source=str(caller()),
            cure="Compile the expression and feed it: irkit.compile(y)(A=…).",
        )

    def __bool__(self) -> bool:  # noqa: PLE0304  # it raises
        self._refuse("The truth")

    def __iter__(self) -> Iterator[Symbol]:
        self._refuse("The length")

    def __array__(self, *_: object, **__: object) -> NoReturn:
        self._refuse("The value")

    @property
    def shape(self) -> tuple[int | None, ...]:
        return self.declared.shape if self.declared.shape is not None else self._refuse("The shape")


def ordered(fetches: Sequence[Symbol]) -> list[Symbol]:
    """All symbols that `fetches` need, and no others, each after what it is made of."""
    done: dict[Symbol, None] = {}
    for fetch in fetches:
        path = [(fetch, fetch.parts())]
        while path:
            symbol, parts = path[-1]
            part = next((p for p in parts if p not in done), None)
            if part is None:
                done[symbol] = None
                path.pop()
            else:
                path.append((part, part.parts()))
    return list(done)


def placeholders(symbols: Sequence[Symbol]) -> dict[str, Symbol]:
    """Those that are fed, by name. Raises ArgumentError when two have one name."""
    found: dict[str, Symbol] = {}
    for symbol in symbols:
        if symbol.function is None and found.setdefault(symbol.name, symbol) is not symbol:
            raise ArgumentError(
                f"two symbols are called '{symbol.name}'.",
                source=str(symbol.source),
                facts=[f"the other one: {found[symbol.name].source}"],
                cure="Give each a name of its own.",
            )
    return found
