"""return, break and continue inside of control flow, written with flags, so that every block runs to its end.

    for x in xs:                 for x in xs:                       (while neither broke nor returned)
        if c: return x      →        if c: result = x; returned = True
        y = x                        if none of (returned): y = x
    return y                     if none of (returned): result = y; returned = True
                                 return result

What follows an `if` that jumps on one side only moves to its other side instead, which makes smaller graphs.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from irkit.frontends.capture.rewriting.building import RESULT, RETURNED, assign, constant, hook, load, placed
from irkit.frontends.capture.rewriting.scopes import FUNCTIONS, within

JUMPS = (ast.Return, ast.Break, ast.Continue)
LOOPS = (ast.For, ast.While)
_MOST_MOVED = 6  # so deep may moving the rest into the other side nest: graphs inside graphs are limited


def without_jumps(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a function, with at most one `return`: the last."""
    last = body[-1] if body else None
    inside = list(within(body))
    early = [n for n in inside if isinstance(n, JUMPS) and n is not last]
    if not early and not any(isinstance(n, LOOPS) and n.orelse for n in inside):
        return body
    if not _always_jumps(body):
        body = [*body, placed(ast.Return(constant(None)), body[-1])]
    lowering = _Lowering()
    new = lowering.block(body, _Around())
    begin = [assign(RETURNED, constant(False)), assign(RESULT, hook("undefined"))]
    end = ast.Return(hook("local", constant(RESULT), load(RESULT))) if lowering.returns else ast.Pass()
    return [*(placed(s, body[0]) for s in begin), *new, placed(end, body[-1])]


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a block. broke, continued: flags of the innermost loop. moved: how often the rest of a
    block was moved into an `if` on the way here."""

    broke: str = ""
    continued: str = ""
    moved: int = 0


@dataclass(eq=False, slots=True)
class _Lowering:
    """returns: whether a `return` was met. loops: how many there were."""

    returns: bool = False
    loops: int = 0
    used: set[str] = field(default_factory=set)

    def block(self, statements: Sequence[ast.stmt], around: _Around) -> list[ast.stmt]:
        """The block without jumps: after a statement that may jump, the rest depends on flags."""
        new: list[ast.stmt] = []
        for i, statement in enumerate(statements):
            rest = list(statements[i + 1 :])
            flags = self._flags(statement, around)
            if not flags:
                new += self.statement(statement, around)
                continue
            if rest and isinstance(statement, ast.If) and around.moved < _MOST_MOVED:
                moved = _with_rest(statement, rest)
                if moved is not None:
                    deeper = _Around(around.broke, around.continued, around.moved + 1)
                    return [*new, *self.statement(moved, deeper)]
            new += self.statement(statement, around)
            if not _always_jumps([statement]):
                new += self._guarded(rest, flags, around)
            break
        return new

    def _guarded(self, rest: list[ast.stmt], flags: list[str], around: _Around) -> list[ast.stmt]:
        """What runs only if no flag is set. Cut after each statement that may jump, so that guards do not nest."""
        new: list[ast.stmt] = []
        while rest:
            cut = next((i + 1 for i, s in enumerate(rest) if self._flags(s, around)), len(rest))
            part, rest = rest[:cut], rest[cut:]
            known: list[ast.stmt] = [assign(f, constant(False)) for f in flags]
            other: list[ast.stmt] = [assign(f, constant(True)) for f in flags if len(flags) == 1]
            guarded = ast.If(hook("none_of", *map(load, flags)), [*known, *self.block(part, around)], other)
            new.append(placed(guarded, part[0]))
            flags = list(dict.fromkeys([*flags, *self._flags(part[-1], around)]))
        return new

    def _flags(self, statement: ast.stmt, around: _Around) -> list[str]:
        """The flags that tell whether `statement` jumped out of its block."""
        kinds = _jumps_out(statement)
        named = [(ast.Return, RETURNED), (ast.Break, around.broke), (ast.Continue, around.continued)]
        return [flag for kind, flag in named if kind in kinds]

    def statement(self, node: ast.stmt, around: _Around) -> list[ast.stmt]:
        if isinstance(node, ast.Return):
            self.returns = True
            value = node.value or constant(None)
            return [placed(s, node) for s in (assign(RESULT, value), assign(RETURNED, constant(True)))]
        if isinstance(node, ast.Break | ast.Continue):
            flag = around.broke if isinstance(node, ast.Break) else around.continued
            return [placed(assign(flag, constant(True)), node)]
        if isinstance(node, LOOPS):
            return self._loop(node, around)
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            return [node]
        for name in ("body", "orelse", "finalbody"):
            inner = getattr(node, name, None)
            if inner:
                setattr(node, name, self.block(inner, around) or [placed(ast.Pass(), node)])
        for case in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
            case.body = self.block(case.body, around) or [placed(ast.Pass(), node)]
        return [node]

    def _loop(self, node: ast.For | ast.While, around: _Around) -> list[ast.stmt]:
        self.loops += 1
        kinds = _jumps_in(node.body)
        broke, continued = f"_irkit_broke_{self.loops}", f"_irkit_continued_{self.loops}"
        inside = _Around(broke, continued)
        body, orelse = self.block(node.body, inside), self.block(node.orelse, around)
        before: list[ast.stmt] = []
        if ast.Continue in kinds:
            body.insert(0, assign(continued, constant(False)))
        if ast.Break in kinds:
            before.append(assign(broke, constant(False)))
        stops = [f for kind, f in ((ast.Return, RETURNED), (ast.Break, broke)) if kind in kinds]
        node.body, node.orelse = body, []
        node.stops = stops  # type: ignore[union-attr]  # a mark of our own: flags that end the loop
        after: list[ast.stmt] = orelse
        if orelse and stops:
            after = [ast.If(hook("none_of", *map(load, stops)), orelse, [])]
        return [placed(s, node) for s in (*before, node, *after)]


def _with_rest(node: ast.If, rest: list[ast.stmt]) -> ast.If | None:
    """The `if` with what follows it moved to the side that goes on, when the other side always jumps."""
    if _always_jumps(node.body):
        return ast.copy_location(ast.If(node.test, node.body, [*node.orelse, *rest]), node)
    if node.orelse and _always_jumps(node.orelse):
        return ast.copy_location(ast.If(node.test, [*node.body, *rest], node.orelse), node)
    return None


def _always_jumps(statements: Sequence[ast.stmt]) -> bool:
    for node in statements:
        if isinstance(node, JUMPS):
            return True
        if (
            isinstance(node, ast.If)
            and node.orelse
            and _always_jumps(node.body)
            and _always_jumps(node.orelse)
        ):
            return True
    return False


def _jumps_out(node: ast.stmt) -> set[type[ast.stmt]]:
    """The kinds of jumps that leave `node`: those of a loop's own do not."""
    if isinstance(node, LOOPS):
        return (_jumps_in(node.body) & {ast.Return}) | _jumps_in(node.orelse)
    return _jumps_in([node])


def _jumps_in(statements: Sequence[ast.stmt]) -> set[type[ast.stmt]]:
    found: set[type[ast.stmt]] = set()
    for node in statements:
        if isinstance(node, JUMPS):
            found.add(type(node))
        elif isinstance(node, LOOPS):
            found |= _jumps_out(node)
        elif not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            inner = [i for name in ("body", "orelse", "finalbody") for i in getattr(node, name, ())]
            cases = (*getattr(node, "handlers", ()), *getattr(node, "cases", ()))
            found |= _jumps_in([*inner, *(i for c in cases for i in c.body)])
    return found
