"""Which variables are read later: each `if`, `while` and `for` gets the names whose values matter after it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from irkit.frontends.capture.rewriting.scopes import FUNCTIONS, captured, outside_of, read, stored, within

CONTROL = (ast.If, ast.While, ast.For)


def mark_lives(body: Sequence[ast.stmt]) -> None:
    """Set `node.live_after`, and for loops `node.live_again` (read in a later turn), on every control statement.

    body: of a function, without jumps. What a function defined inside reads is always alive.
    """
    inner = [n for n in within(body) if isinstance(n, FUNCTIONS) and not isinstance(n, ast.Lambda)]
    lambdas = [n for n in within(body) if isinstance(n, ast.Lambda)]
    always = {name for n in (*inner, *lambdas) for name in captured(n)}
    _block(body, set(always), always)


def _block(statements: Sequence[ast.stmt], after: set[str], always: set[str]) -> set[str]:
    live = set(after)
    for statement in reversed(statements):
        live = _statement(statement, live, always) | always
    return live


def _statement(node: ast.stmt, after: set[str], always: set[str]) -> set[str]:
    if isinstance(node, ast.If):
        node.live_after = after  # type: ignore[attr-defined]  # a mark of our own
        sides = _block(node.body, after, always) | _block(node.orelse, after, always)
        return sides | read([node.test])
    if isinstance(node, ast.While | ast.For):
        return _loop(node, after, always)
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return (after - {node.name}) | read(outside_of(node)) | captured(node)
    if isinstance(node, ast.Try | ast.With | ast.Match) or hasattr(node, "handlers"):
        return _nested(node, after, always)
    return (after - stored([node])) | read([node])


def _loop(node: ast.While | ast.For, after: set[str], always: set[str]) -> set[str]:
    node.live_after = after  # type: ignore[union-attr]  # a mark of our own
    stops = set(getattr(node, "stops", ()))
    test = read([node.test]) if isinstance(node, ast.While) else set()
    target = stored([node.target]) if isinstance(node, ast.For) else set()
    again = after | test | stops
    while True:
        inside = _block(node.body, again, always) - target
        if inside <= again:
            break
        again = again | inside
    node.live_again = again  # type: ignore[union-attr]  # a mark of our own
    return again | (read([node.iter, node.target]) if isinstance(node, ast.For) else set())


def _nested(node: ast.stmt, after: set[str], always: set[str]) -> set[str]:
    """try, with, match: nothing is known to be overwritten, since a block may end early."""
    everything = after | read([node])
    blocks = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
    blocks += [c.body for c in (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))]
    for block in blocks:
        _block(block, everything, always)
    return everything
