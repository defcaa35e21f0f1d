"""Hooks: what rewritten code calls, one object for each function. Without a capture they do what Python does."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from irkit.frontends.capture import conditions, iteration, open_lists, protocols
from irkit.frontends.capture.branches import branch, choice
from irkit.frontends.capture.looping import for_loop, while_loop
from irkit.frontends.capture.markers import UNDEFINED, Maybe, usable
from irkit.frontends.capture.present import session
from irkit.frontends.capture.rewriting.functions import Site
from irkit.frontends.capture.speculation import decided
from irkit.frontends.capture.values import leaves
from irkit.frontends.capture.variables import Variables
from irkit.frontends.tensors.number import Number
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor

_AUGMENTED: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv, "//": operator.ifloordiv,
    "%": operator.imod, "**": operator.ipow, "@": operator.imatmul, "&": operator.iand, "|": operator.ior,
    "^": operator.ixor, "<<": operator.ilshift, ">>": operator.irshift,
}  # fmt: skip
_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod, "**": operator.pow, "@": operator.matmul, "&": operator.and_, "|": operator.or_,
    "^": operator.xor, "<<": operator.lshift, ">>": operator.rshift,
}  # fmt: skip
_ARITHMETIC = frozenset({SymbolicTensor, EagerTensor, int, float, bool, Size, Number})
_METHODS = {
    "+": "__iadd__", "-": "__isub__", "*": "__imul__", "/": "__itruediv__", "//": "__ifloordiv__", "%": "__imod__",
    "**": "__ipow__", "@": "__imatmul__", "&": "__iand__", "|": "__ior__", "^": "__ixor__", "<<": "__ilshift__",
    ">>": "__irshift__",
}  # fmt: skip
Thunk = Callable[[], Any]


class Hooks:
    """The hooks of one function."""

    __slots__ = ("_site",)

    def __init__(self, site: Site) -> None:
        self._site = site

    # ---- names

    def undefined(self) -> Any:
        """What a variable holds before it is set."""
        return UNDEFINED

    def local(self, name: str, value: Any) -> Any:
        return session().set_value(name, value) if isinstance(value, Maybe) else usable(name, value)

    def global_read(self, name: str, value: Any) -> Any:
        return session().watch.global_read(self._site.globals, name, value)

    def free_read(self, name: str, value: Any) -> Any:
        return session().watch.free_read(self._site.cells[name], name, value)

    def global_write(self, name: str) -> None:
        session().watch.global_write(self._site.globals, name)

    def free_write(self, name: str) -> None:
        session().watch.free_write(self._site.cells[name], name)

    def inner_write(self, name: str, read: Any) -> None:
        """A function sets a variable of the captured function around it."""
        session().inner_write(name, read.__closure__)

    # ---- objects

    def attribute(self, thing: Any, name: str) -> Any:
        return session().attribute(thing, name)

    def item(self, thing: Any, key: Any) -> Any:
        if open_lists.is_open(thing):
            return open_lists.item_at(session(), thing, key)
        return session().watch.item(thing, key)

    def slice(self, *parts: Any) -> slice:
        return slice(*parts)

    def set_attribute(self, thing: Any, name: str, value: Any) -> None:
        session().watch.about_to_change(thing)
        setattr(thing, name, value)

    def set_item(self, thing: Any, key: Any, value: Any) -> None:
        session().watch.about_to_change(thing)
        thing[key] = value

    def delete_attribute(self, thing: Any, name: str) -> None:
        session().watch.about_to_change(thing)
        delattr(thing, name)

    def delete_item(self, thing: Any, key: Any) -> None:
        session().watch.about_to_change(thing)
        del thing[key]

    def augmented(self, symbol: str, thing: Any, value: Any) -> Any:
        """thing += value: in place, where the object can."""
        if hasattr(type(thing), _METHODS[symbol]):
            session().watch.about_to_change(thing)
        return _AUGMENTED[symbol](thing, value)

    def binary(self, symbol: str, a: Any, b: Any) -> Any:
        """a + b"""
        if type(a) in _ARITHMETIC and type(b) in _ARITHMETIC:
            return _BINARY[symbol](a, b)
        if symbol == "%" and isinstance(a, str):
            for leaf in leaves(b):
                session().formatted(leaf)
        found = protocols.binary(session(), symbol, a, b)
        return _BINARY[symbol](a, b) if found is protocols.ABSENT else found

    def made(self, thing: Any) -> Any:
        return session().made(thing)

    def call(self, function: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        return session().call(function, args, kwargs)

    def formatted(self, value: Any) -> Any:
        return session().formatted(value)

    def iterated(self, value: Any) -> Any:
        """What a comprehension goes through."""
        return iteration.through(session().watch.iterable(value))

    # ---- conditions

    def not_(self, x: Any) -> Any:
        return conditions.negated(conditions.truth(x))

    def and_(self, first: Any, *rest: Thunk) -> Any:
        return conditions.both(session(), first, rest)

    def or_(self, first: Any, *rest: Thunk) -> Any:
        return conditions.either(session(), first, rest)

    def compare(self, symbol: str, a: Any, b: Any) -> Any:
        return conditions.compared(symbol, a, b)

    def compare_chain(self, left: Any, *pairs: Any) -> Any:
        return conditions.chained(session(), left, pairs)

    def none_of(self, *flags: Any) -> Any:
        return conditions.none_of(flags)

    def if_expression(self, test: Any, then: Thunk, orelse: Thunk) -> Any:
        condition = self._condition(test)
        if isinstance(condition, Number):
            return choice(session(), condition, then, orelse)
        return then() if condition else orelse()

    def _condition(self, test: Any) -> Any:
        """A bool, or an open number where only the run can tell."""
        return decided(conditions.truth(test))

    # ---- statements

    def if_(
        self,
        test: Any,
        then: Thunk,
        orelse: Thunk,
        get: Any,
        put: Any,
        names: Sequence[str],
        live: Sequence[str],
    ) -> None:
        condition = self._condition(test)
        if isinstance(condition, Number):
            branch(session(), condition, then, orelse, Variables(names, live, get, put))
        elif condition:
            then()
        else:
            orelse()

    def while_(
        self, test: Thunk, body: Thunk, get: Any, put: Any, names: Sequence[str], live: Sequence[str]
    ) -> None:
        while_loop(session(), test, body, Variables(names, live, get, put))

    def for_(
        self,
        through: Any,
        test: Thunk,
        body: Any,
        get: Any,
        put: Any,
        names: Sequence[str],
        live: Sequence[str],
    ) -> None:
        for_loop(session(), session().watch.iterable(through), test, body, Variables(names, live, get, put))

    def assert_(self, test: Any, message: Thunk | None) -> None:
        session().asserted(conditions.truth(test), message)

    def raised(self, error: Any) -> Any:
        return session().raised(error)

    def managed(self, thing: Any) -> Any:
        """What a with statement enters."""
        return protocols.managed(session(), thing)

    def guarded(self) -> AbstractContextManager[None]:
        """Around the body of a try that has handlers."""
        return session().guarded()
