"""The function made from a user's: same globals, closure, defaults, file and lines; hooks inside."""

from __future__ import annotations

import ast
import copy
import dataclasses
from collections.abc import Iterator
from types import CellType, CodeType, FunctionType
from typing import Any

from irkit.errors import CaptureError
from irkit.frontends.capture.rewriting.building import HOOKS, function, placed
from irkit.frontends.capture.rewriting.definitions import FUTURE, FunctionNode, tree_of
from irkit.frontends.capture.rewriting.scopes import parameters
from irkit.frontends.capture.rewriting.statements import CannotRewrite, Statements
from irkit.ir.source import Source


@dataclasses.dataclass(frozen=True, slots=True)
class Site:
    """What the hooks of one function know of it: its globals, and the variables of functions around it."""

    name: str
    globals: dict[str, Any]
    cells: dict[str, CellType]


_codes: dict[tuple[CodeType, str], CodeType] = {}  # the user's → ours; codes of two files may be equal
_ours: set[CodeType] = set()


def is_rewritten(code: CodeType) -> bool:
    """Whether `code` came from here."""
    return code in _ours


def rewritten(original: FunctionType, hooks: Any) -> FunctionType:
    """`original` with hooks. hooks: makes the object that they are called on, from a Site.

    Raises NoSource, CaptureError.
    """
    key = original.__code__, original.__code__.co_filename
    code = _codes.get(key)
    if code is None:
        code = _codes[key] = _rewritten_code(original)
        _ours.update(_all_codes(code))
    cells = dict(zip(original.__code__.co_freevars, original.__closure__ or (), strict=True))
    site = Site(original.__qualname__, original.__globals__, cells)
    known = {**cells, HOOKS: CellType(hooks(site))}
    closure = tuple(known[name] for name in code.co_freevars)
    made = FunctionType(code, original.__globals__, original.__name__, original.__defaults__, closure)
    made.__kwdefaults__ = original.__kwdefaults__
    made.__qualname__, made.__module__, made.__doc__ = (
        original.__qualname__,
        original.__module__,
        original.__doc__,
    )
    return made


def _rewritten_code(original: FunctionType) -> CodeType:
    node = copy.deepcopy(tree_of(original))
    code = original.__code__
    try:
        new = _rewritten_node(node, code, _owner(original))
    except CannotRewrite as error:
        source = Source(code.co_filename.rpartition("/")[2], getattr(error.node, "lineno", 0))
        raise CaptureError(
            f"{error}.", source=str(source), cure="Define it outside; a graph has no coroutines."
        ) from None
    factory = function("_irkit_factory", [HOOKS, *code.co_freevars], [new])
    placed(factory, new)
    module = ast.Module([factory], [])
    compiled = compile(module, code.co_filename, "exec", dont_inherit=True, flags=code.co_flags & FUTURE)
    return next(c for c in _inner(next(_inner(compiled))) if c.co_name == new.name).replace(
        co_name=code.co_name, co_qualname=code.co_qualname
    )


def _rewritten_node(node: FunctionNode, code: CodeType, owner: str) -> ast.FunctionDef:
    if isinstance(node, ast.Lambda):
        body = ast.copy_location(ast.Return(node.body), node.body)
        made = function("_irkit_lambda", [], [body])
        made.args = node.args
        node = placed(made, node)
    if isinstance(node, ast.AsyncFunctionDef):
        raise CannotRewrite(f"the coroutine {node.name} is called", node)
    node.name = f"_irkit_{node.name}"  # inside, its own name is that of a global or of a variable around
    node.decorator_list = []
    node.returns = None
    first = parameters(node.args)[0] if code.co_argcount else None
    rewriter = Statements(set(code.co_freevars), owner, first)
    _forget_annotations_and_defaults(node.args)
    rewriter.body(node)
    return node


def _forget_annotations_and_defaults(args: ast.arguments) -> None:
    """The new function gets the values of the old one's defaults; here they only have to be there."""
    args.defaults = [ast.copy_location(ast.Constant(None), d) for d in args.defaults]
    args.kw_defaults = [
        None if d is None else ast.copy_location(ast.Constant(None), d) for d in args.kw_defaults
    ]
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
        if arg is not None:
            arg.annotation = None


def _owner(original: FunctionType) -> str:
    """The class in whose body the function stands."""
    parts = original.__qualname__.split(".")
    return parts[-2] if len(parts) > 1 and parts[-2] != "<locals>" else ""


def _inner(code: CodeType) -> Iterator[CodeType]:
    return (c for c in code.co_consts if isinstance(c, CodeType))


def _all_codes(code: CodeType) -> Iterator[CodeType]:
    pending = [code]
    while pending:
        found = pending.pop()
        yield found
        pending.extend(_inner(found))
