"""What a captured program reads and writes outside of itself: globals, closures, attributes and items.

Reading gives the value that is there now, which the graph then contains; each read becomes a fact (reads.py) that
guards look at before the graph is used again. Writing is refused: a graph would not do it, and later calls would
not see it. What the program made itself, it may change.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from types import BuiltinMethodType, CellType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.errors import CaptureError
from irkit.frontends.base.layer import Layer
from irkit.frontends.capture import attributes, policy, protocols
from irkit.frontends.capture.fingerprints import PLAIN, children, held, is_container
from irkit.frontends.capture.origin import is_known, is_users
from irkit.frontends.capture.reads import (
    MISSING,
    InCell,
    InNamespace,
    Missing,
    OfObject,
    Own,
    Place,
    Read,
    What,
    read,
)
from irkit.frontends.capture.report import Kind
from irkit.frontends.tensors.size import OpenNumber
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, TensorMethods
from irkit.frontends.tensors.variable import Variable
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session

_CONTAINERS = (list, dict, set, np.ndarray, bytearray)
# Their attributes are methods, or follow from what they are.
_TRANSPARENT = (
    TensorMethods,
    OpenNumber,
    *PLAIN,
    float,
    complex,
    enum.Enum,
    np.generic,
    np.ndarray,
    frozenset,
    slice,
    super,
    MethodType,
    BuiltinMethodType,
)
# Of modules whose functions are refused, but nothing that changes by itself.
_HARMLESS = (ModuleType, type, FunctionType, BuiltinMethodType, PurePath)
_EXACT = frozenset({list, tuple, dict, set})
_STATE_CURE = (
    "State that lasts from call to call is an irkit.Variable, changed by assign; "
    "anything else is returned as a result."
)


class Watch:
    """Behind the hooks of one Session. reads: the facts, in the order in which they were first met."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.reads: dict[tuple[int, str], Read] = {}
        self.layers: dict[Layer, None] = {}  # irkit's own, whose fields their own code reads
        self._inside: dict[int, object] = {}  # kept alive, so that no id is used twice
        self._outside: dict[int, object] = {}  # lists, dicts, sets and arrays
        self._paths: dict[int, str] = {}

    # ---- what is whose

    def made(self, thing: object) -> None:
        """`thing` was made by the captured program, which may change it."""
        self._inside[id(thing)] = thing

    def is_inside(self, thing: object) -> bool:
        """Whether the captured program made it. Lists, dicts, sets, arrays and iterators are inside unless seen
        outside."""
        if id(thing) in self._inside:
            return True
        if not isinstance(thing, (*_CONTAINERS, Iterator)):
            return False
        while id(thing) not in self._outside and isinstance(getattr(thing, "base", None), np.ndarray):
            thing = thing.base  # type: ignore[union-attr]  # an array, by the line above
        return id(thing) not in self._outside

    def outside(self, value: object, path: str = "") -> None:
        """`value` and what stands in it exist without the captured program."""
        if path and not isinstance(value, PLAIN):
            self._paths.setdefault(id(value), path)
        pending = [value]
        while pending:
            one = pending.pop()
            if id(one) in self._outside or id(one) in self._inside:
                continue
            if isinstance(one, (*_CONTAINERS, Iterator)):
                self._outside[id(one)] = one
            pending += children(one) if is_container(one) else held(one)

    # ---- reading

    def global_read(self, namespace: Mapping[str, Any], name: str, value: Any) -> Any:
        """The program reads a global (or builtin) of the module whose namespace is given."""
        if (id(namespace), name) not in self.reads:
            found = namespace.get(name, MISSING)  # MISSING: a builtin, as long as no global hides it
            self._note(What.GLOBAL, namespace, name, name, InNamespace(namespace, name), found)
        return self._usable(value, name)

    def free_read(self, cell: CellType, name: str, value: Any) -> Any:
        """The program reads a variable of a function around the captured one."""
        if (id(cell), name) not in self.reads:
            self._note(What.CLOSURE, cell, name, name, InCell(cell), value)
        return self._usable(value, name)

    def attribute(self, thing: Any, name: str) -> Any:
        """thing.name. Properties and __getattr__ of the user's classes are run by `session.call`."""
        kind = type(thing)
        if isinstance(thing, _TRANSPARENT) or kind in _EXACT:
            self._check_tensor(thing, name)
            return getattr(thing, name)
        if kind is ModuleType:
            return self._of_module(thing, name)
        inside = self.is_inside(thing)
        try:
            found = attributes.find(self.session, thing, name)
        except AttributeError:
            if not inside and (id(thing), name) not in self.reads:
                path = f"{self._path(thing)}.{name}"
                self._note(What.ATTRIBUTE, thing, name, path, OfObject(thing, name), MISSING)
            raise
        if not inside and not found.computed:
            self._note_attribute(thing, name, found)
        return found.value if inside else self._usable(found.value, name)

    def _check_tensor(self, thing: object, name: str) -> None:
        """Raise CaptureError for what only tensors with values have, or only those without."""
        if isinstance(thing, SymbolicTensor) and hasattr(EagerTensor, name) != hasattr(SymbolicTensor, name):
            raise self.refused(
                CaptureError(
                    f"'.{name}' of a tensor is not the same when run eagerly.",
                    source=str(caller()),
                    cure="Use what all tensors have: dtype, shape, ndim and the methods of numpy.",
                )
            )

    def _of_module(self, module: Any, name: str) -> Any:
        value = getattr(module, name)
        plain = isinstance(value, ModuleType | FunctionType | type) or callable(value)
        if not (plain and is_known(module)):
            namespace = vars(module)
            place: Place = (
                InNamespace(namespace, name)
                if namespace.get(name, MISSING) is value
                else OfObject(module, name)
            )
            path = f"{module.__name__.rpartition('.')[2]}.{name}"
            if (id(namespace), name) not in self.reads:
                self._note(What.GLOBAL, namespace, name, path, place, value)
        return self._usable(value, name)

    def _note_attribute(self, thing: Any, name: str, found: attributes.Found) -> None:
        path = f"{self._path(thing)}.{name}"
        if found.in_class:
            if (id(thing), name) not in self.reads and hasattr(thing, "__dict__"):
                self._note(What.ATTRIBUTE, thing, name, path, Own(thing, name), MISSING)
            if is_known(found.owner):
                return
            thing = found.owner
        if (id(thing), name) not in self.reads:
            value = getattr(thing, name) if found.in_class else found.value
            self._note(What.ATTRIBUTE, thing, name, path, OfObject(thing, name), value)

    def item(self, thing: Any, key: Any) -> Any:
        """thing[key]. The contents of containers were looked at when these were read."""
        if isinstance(thing, defaultdict) and key not in thing:
            self.about_to_change(thing)
        value = protocols.item(self.session, thing, key)
        if isinstance(thing, list) and isinstance(key, slice):
            self.made(value)
        return value

    def iterable(self, thing: Any) -> Any:
        """What `for x in thing` goes through. Raises CaptureError for iterators from outside, which it would use up."""
        if isinstance(thing, Iterator) and not self.is_inside(thing):
            raise self.refused(
                CaptureError(
                    "an iterator from outside is used up; the next call would find it empty.",
                    source=str(caller()),
                    cure="Go through a list.",
                )
            )
        return protocols.iterable(self.session, thing)

    def entered(self, function: FunctionType) -> None:
        """A function of the user's is called: the defaults of its parameters exist without the program."""
        if id(function) in self._inside or not (function.__defaults__ or function.__kwdefaults__):
            return
        for name in ("__defaults__", "__kwdefaults__"):
            value = getattr(function, name)
            if value and (id(function), name) not in self.reads:
                path = f"{function.__name__}({', '.join(_with_defaults(function, name))})"
                self._note(What.DEFAULTS, function, name, path, OfObject(function, name), value)

    def layer(self, layer: Layer) -> None:
        """The program calls one of irkit's own layers: its fields, and those of the layers in it, are facts."""
        pending = [layer]
        while pending:
            one = pending.pop()
            if one not in self.layers:
                self.layers[one] = None
                pending += one.sublayers()

    def _note(self, what: What, holder: object, name: str, path: str, place: Place, value: object) -> None:
        source = caller()
        self._check_kind(value, path, str(source))
        try:
            fact = read(what, path, place, source, value, speaks=_speaks(place, value))
        except CaptureError as error:
            raise self.refused(error.at(str(source), path)) from None
        self.reads[id(holder), name] = fact
        self.outside(value, path)
        if fact.speaks:
            self.session.report.add(Kind.BAKED, f"{what} {path} = {fact.told}", source)

    def _check_kind(self, value: object, path: str, source: str) -> None:
        """Raise CaptureError for os.environ, a random.Random, an open file…"""
        kind = type(value)
        cure = None if isinstance(value, _HARMLESS) else policy.refusal(kind.__module__)
        if cure is not None:
            problem = (
                f"{path} is read, a {kind.__module__}.{kind.__name__}: a graph cannot repeat what it gives."
            )
            raise self.refused(CaptureError(problem, source=source, cure=cure))

    def _usable(self, value: Any, name: str) -> Any:
        """`value`, unless it is a tensor of another capture."""
        if isinstance(value, SymbolicTensor):
            mine = {id(d) for d in value.definition.around()}
            if id(self.session.definition.find()) not in mine:
                raise self.refused(
                    CaptureError(
                        f"{name} holds a tensor of another capture: its values are gone.",
                        source=str(caller()),
                        cure="Return tensors from the function that makes them; do not keep them in attributes "
                        "or globals.",
                    )
                )
        return value

    def _path(self, thing: object) -> str:
        found = self._paths.get(id(thing))
        if found is None:
            name = getattr(thing, "__name__", None) if isinstance(thing, type | FunctionType) else None
            found = name or f"{type(thing).__name__}"
        return found

    # ---- writing

    def global_write(self, namespace: Mapping[str, Any], name: str) -> None:
        """The program is about to write or delete a global."""
        raise self._write(f"the global {name!r} is changed")

    def free_write(self, cell: CellType, name: str) -> None:
        """The program is about to write or delete a variable of a function around the captured one."""
        raise self._write(f"{name!r}, a variable of the function around, is changed")

    def about_to_change(self, thing: object) -> None:
        """The contents of `thing` (an attribute, an item, its length) are about to change: refused where the program
        did not make it. Called before every attribute or item is set or deleted, and before methods that change
        their object. The session then remembers the contents where a branch or loop may have to undo it."""
        if isinstance(thing, TensorMethods):
            return  # tensors answer for themselves
        if not self.is_inside(thing):
            known = self._paths.get(id(thing))
            kind = f"{type(thing).__name__} {known!r}" if known else f"a {type(thing).__name__}"
            raise self._write(f"{kind}, which exists outside of the captured program, is changed")
        self.session.touch(thing)

    def _write(self, problem: str) -> CaptureError:
        return self.refused(
            CaptureError(f"{problem}; a graph would not do that.", source=str(caller()), cure=_STATE_CURE)
        )

    def refused(self, error: CaptureError) -> CaptureError:
        """`error`, which spoils the capture even when the program catches it."""
        self.session.refusal = self.session.refusal or error
        return error


def _with_defaults(function: FunctionType, name: str) -> list[str]:
    """The parameters that have one of these defaults."""
    if name == "__kwdefaults__":
        return list(function.__kwdefaults__ or ())
    positional = function.__code__.co_varnames[: function.__code__.co_argcount]
    return list(positional[len(positional) - len(function.__defaults__ or ()) :])


def _speaks(place: Place, value: object) -> bool:
    """Whether a reader of the report wants to know: of data and the user's functions, not of modules and classes."""
    if isinstance(value, ModuleType | type | Layer | SymbolicTensor | Variable):
        return False
    if isinstance(value, Missing):
        return isinstance(place, OfObject)
    return not callable(value) or is_users(value) or not is_known(value)
