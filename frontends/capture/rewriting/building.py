"""Small pieces of syntax tree that the passes put in: hooks, flags, functions for branches."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TypeVar

HOOKS = "_irkit_"  # what rewritten code calls the Hooks object; names of our own begin so
RETURNED, RESULT = "_irkit_returned", "_irkit_result"

N = TypeVar("N", bound=ast.AST)


def placed(node: N, like: ast.AST) -> N:
    """`node`, with everything in it that has no place yet at the place of `like`."""
    for inner in ast.walk(node):
        if not hasattr(inner, "lineno") and isinstance(inner, _PLACED):
            _place(inner, like)
    return node


def _place(node: ast.AST, like: ast.AST) -> None:
    """At the beginning of `like`: CPython says of a call over several lines that it happens in the last of them."""
    ast.copy_location(node, like)
    node.end_lineno = like.lineno  # type: ignore[attr-defined]  # statements and expressions have lines
    if like.end_lineno != like.lineno:  # type: ignore[attr-defined]
        node.end_col_offset = like.col_offset + 1  # type: ignore[attr-defined]


_PLACED = (ast.expr, ast.stmt, ast.arg, ast.keyword, ast.excepthandler, ast.alias)


def load(name: str) -> ast.Name:
    """Reads a name of our own, or one that needs no hook."""
    return ours(ast.Name(name, ast.Load()))


def ours(node: N) -> N:
    """`node`, marked as made by the rewriter, which does not rewrite it again."""
    node.made_by_irkit = True  # type: ignore[attr-defined]  # a mark of our own
    return node


def is_ours(node: ast.AST) -> bool:
    """Whether the rewriter made it."""
    return hasattr(node, "made_by_irkit")


def hook(name: str, *args: ast.expr) -> ast.Call:
    """_irkit_.name(args)"""
    function = ours(ast.Attribute(load(HOOKS), name, ast.Load()))
    return ours(ast.Call(function, list(args), []))


def assign(name: str, value: ast.expr) -> ast.Assign:
    """name = value"""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def constant(value: object) -> ast.Constant:
    """A constant."""
    return ast.Constant(value)  # type: ignore[arg-type]  # strings, numbers, None, flags


def function(name: str, parameters: Sequence[str], body: Sequence[ast.stmt]) -> ast.FunctionDef:
    """def name(parameters): body"""
    args = ast.arguments([], [ast.arg(p) for p in parameters], None, [], [], None, [])
    node = ast.FunctionDef(name, args, list(body) or [ast.Pass()], [], None)
    node.type_params = []  # type: ignore[attr-defined,unused-ignore]  # since Python 3.12
    return node


def thunk(body: ast.expr) -> ast.Lambda:
    """lambda: body"""
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), body)


def names_tuple(names: Iterable[str], context: ast.expr_context) -> ast.Tuple:
    """(a, b, …)"""
    return ours(ast.Tuple([ours(ast.Name(n, type(context)())) for n in names], context))


def strings(names: Iterable[str]) -> ast.Tuple:
    """("a", "b", …)"""
    return ast.Tuple([constant(n) for n in names], ast.Load())
