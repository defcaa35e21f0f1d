"""The syntax tree of a function: found in its file by name and position, and checked to be what runs."""

from __future__ import annotations
import __future__

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FunctionType

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class NoSource(Exception):
    """The source of a function cannot be had; the text says why."""


@dataclass(frozen=True, slots=True)
class _File:
    """A parsed file. nodes: by the line at which their code begins."""

    text: str
    nodes: dict[int, list[FunctionNode]]
    codes: dict[int, list[CodeType]]


def tree_of(function: FunctionType) -> FunctionNode:
    """A tree of `function`, which the caller may not change. Raises NoSource."""
    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if not lines:
        raise NoSource(f"there is no file {code.co_filename}")
    file = _parsed(code.co_filename, "".join(lines), code.co_flags & FUTURE)
    node = _node_for(code, file)
    if node is None or not _is_current(code, file):
        raise NoSource(f"{code.co_filename} was changed since it was imported")
    return node


FUTURE = __future__.annotations.compiler_flag  # the only import from __future__ left that matters


@lru_cache(maxsize=64)
def _parsed(filename: str, text: str, flags: int) -> _File:
    try:
        tree = ast.parse(text, filename)
        code = compile(text, filename, "exec", flags=flags, dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise NoSource(f"{filename} cannot be parsed: {error}") from None
    nodes: dict[int, list[FunctionNode]] = {}
    for node in ast.walk(tree):
        if isinstance(node, FunctionNode):
            nodes.setdefault(_first_line(node), []).append(node)
    codes: dict[int, list[CodeType]] = {}
    for inner in _codes(code):
        codes.setdefault(inner.co_firstlineno, []).append(inner)
    return _File(text, nodes, codes)


def _first_line(node: FunctionNode) -> int:
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return min(n.lineno for n in (node, *decorators))


def _codes(code: CodeType) -> Iterator[CodeType]:
    pending = [code]
    while pending:
        found = pending.pop()
        yield found
        pending.extend(c for c in found.co_consts if isinstance(c, CodeType))


def _node_for(code: CodeType, file: _File) -> FunctionNode | None:
    found = file.nodes.get(code.co_firstlineno, [])
    if code.co_name != "<lambda>":
        named = [n for n in found if not isinstance(n, ast.Lambda) and n.name == code.co_name]
        return named[0] if len(named) == 1 else None
    lambdas = [n for n in found if isinstance(n, ast.Lambda)]
    if len(lambdas) == 1:
        return lambdas[0]
    return next((n for n in lambdas if _extent(code) == _place(n.body)), None)


def _place(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or 0, node.end_col_offset or 0


def _extent(code: CodeType) -> tuple[int, int]:
    """Where the last piece of the code's text ends."""
    ends = [
        (end, column) for _, end, _, column in code.co_positions() if end is not None and column is not None
    ]
    return max(ends, default=(0, 0))


def _is_current(code: CodeType, file: _File) -> bool:
    """Whether the file still says what runs. pytest adds to the code of tests, so names may be more than the file's."""
    candidates = [c for c in file.codes.get(code.co_firstlineno, []) if c.co_name == code.co_name]
    return any(_names(c) <= _names(code) and c.co_argcount == code.co_argcount for c in candidates)


def _names(code: CodeType) -> set[object]:
    constants = {repr(c) for c in code.co_consts if not isinstance(c, CodeType)}
    return {*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars, *constants}
