"""Whose code something is: irkit's, that of well-known libraries, or the user's, which capture rewrites and watches."""

from __future__ import annotations

import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any

from irkit.ir.source import is_own

# Nobody replaces functions of these between two calls: what is read from their modules needs no guard.
KNOWN_ROOTS = frozenset(sys.stdlib_module_names) | {"numpy", "ml_dtypes", "builtins"}


def module_of(thing: Any) -> str:
    """The name of the module that defines a module, class, function or builtin; "" when it does not say."""
    if isinstance(thing, ModuleType):
        return thing.__name__
    name = getattr(thing, "__module__", None)
    if name is None:  # methods of builtin types name their class only
        of = getattr(thing, "__self__", None)
        owner = getattr(thing, "__objclass__", None) or (of if isinstance(of, type) else type(of))
        name = getattr(owner, "__module__", None)
    return name if isinstance(name, str) else ""


def root_of(thing: object) -> str:
    """The first part of `module_of`."""
    return module_of(thing).partition(".")[0]


def is_ours(thing: object) -> bool:
    """Whether a module, class or function is irkit's own."""
    if isinstance(thing, FunctionType):
        return is_own(thing.__code__)
    return root_of(thing) == "irkit"


def is_known(thing: object) -> bool:
    """Whether a module, class or function is irkit's, Python's or numpy's."""
    return is_ours(thing) or root_of(thing) in KNOWN_ROOTS


def is_users(thing: object) -> bool:
    """Whether `thing` is a function or class that the user wrote in Python (or got from a library unknown to us)."""
    return isinstance(thing, FunctionType | type) and not is_known(thing)


def is_generated(code: CodeType) -> bool:
    """Whether dataclass or namedtuple wrote it: such code reads nothing outside."""
    return code.co_filename == "<string>" and code.co_qualname.startswith(("__create_fn__", "<lambda>"))
