"""Statements with hooks: if, while and for become functions that a hook calls; stores, deletions, assert, try."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from irkit.frontends.capture.rewriting.building import (
    HOOKS,
    RETURNED,
    assign,
    constant,
    function,
    hook,
    is_ours,
    load,
    names_tuple,
    ours,
    placed,
    strings,
    thunk,
)
from irkit.frontends.capture.rewriting.expressions import OPERATORS, Expressions
from irkit.frontends.capture.rewriting.jumps import without_jumps
from irkit.frontends.capture.rewriting.lives import CONTROL, mark_lives
from irkit.frontends.capture.rewriting.scopes import (
    FUNCTIONS,
    Names,
    captured,
    names_of,
    parameters,
    stored,
    within,
)


class CannotRewrite(Exception):
    """A construct that has no place in a captured function. node: where it stands."""

    def __init__(self, what: str, node: ast.AST) -> None:
        super().__init__(what)
        self.node = node


class Statements(Expressions):
    """Rewrites the statements of one function, and of those defined in it."""

    def __init__(self, free: set[str], owner: str, me: str | None) -> None:
        super().__init__(free, owner, me)
        self.count = 0
        self.shared: list[set[str]] = []  # for each function around: variables that functions inside set

    # ---- functions

    def body(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Rewrite a function's statements in place."""
        names = names_of(node)
        body = _desugared(_without_docstring(node.body))
        if _is_plain(body):
            body = without_jumps(body)
            mark_lives(body)
            names.bound |= stored(body) - names.globals - names.nonlocals
            names.maybe = (self._set_by_control(body) | _set_inside(body)) & names.bound
        self.shared.append(_set_inside(body))
        with self.inside(node, names):
            begin = self._beginning(node, names)
            node.body = [*begin, *self.block(body)] or [placed(ast.Pass(), node)]
        self.shared.pop()

    def _set_by_control(self, body: Sequence[ast.stmt]) -> set[str]:
        parts = [
            n for n in within(body) if isinstance(n, (*CONTROL, ast.Try, ast.With, ast.Match, ast.Delete))
        ]
        return stored(parts)

    def _beginning(self, node: ast.FunctionDef | ast.AsyncFunctionDef, names: Names) -> list[ast.stmt]:
        """Variables that control flow sets have a value from the start, which says that they have none."""
        unset = sorted(names.maybe - set(parameters(node.args)))
        begin: list[ast.stmt] = [assign(n, hook("undefined")) for n in unset]
        begin += [ast.Expr(hook("made", load(a.arg))) for a in (node.args.kwarg,) if a is not None]
        return [placed(s, node.body[0]) for s in begin]

    def block(self, statements: Iterable[ast.stmt]) -> list[ast.stmt]:
        new: list[ast.stmt] = []
        for statement in statements:
            made = self.visit(statement)
            new += made if isinstance(made, list) else [made]
        return new

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.returns = None
        self.visit_defaults(node.args)
        self.body(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.stmt:
        raise CannotRewrite(f"the class {node.name} is defined inside of a captured function", node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.stmt:
        raise CannotRewrite(f"the coroutine {node.name} is defined inside of a captured function", node)

    # ---- control flow

    def visit_If(self, node: ast.If) -> ast.stmt | list[ast.stmt]:
        if not hasattr(node, "live_after"):
            return self._native(node)
        names = self._assigned(node)
        test = self.visit(node.test)
        n = self._number()
        made = [
            self._inner(f"then_{n}", (), names, node.body),
            self._inner(f"else_{n}", (), names, node.orelse),
        ]
        state = self._state(n, names)
        live = sorted(names & (node.live_after | self._always_live()))
        parts = [load(f.name) for f in (*made, *state)]
        call = hook("if_", test, *parts, strings(sorted(names)), strings(live))
        return [placed(s, node) for s in (*made, *state, ast.Expr(call))]

    def visit_While(self, node: ast.While) -> ast.stmt | list[ast.stmt]:
        if not hasattr(node, "live_after"):
            return self._native(node)
        names = self._assigned(node)
        n = self._number()
        test = self._test(f"test_{n}", names, node, node.test)
        body = self._inner(f"body_{n}", (), names, node.body)
        state = self._state(n, names)
        live = sorted(names & (node.live_again | self._always_live()))  # type: ignore[attr-defined]  # a mark
        parts = [load(f.name) for f in (test, body, *state)]
        call = hook("while_", *parts, strings(sorted(names)), strings(live))
        return [placed(s, node) for s in (test, body, *state, ast.Expr(call))]

    def visit_For(self, node: ast.For) -> ast.stmt | list[ast.stmt]:
        if not hasattr(node, "live_after"):
            return self._native(node)
        names = self._assigned(node)
        iterable = self.visit(node.iter)
        n = self._number()
        item = f"_irkit_item_{n}"
        taken = ast.copy_location(ast.Assign([node.target], load(item)), node)
        body = self._inner(f"body_{n}", (item,), names, [taken, *node.body])
        test = self._test(f"test_{n}", names, node, None)
        state = self._state(n, names)
        live = sorted(names & (node.live_again | self._always_live()))  # type: ignore[attr-defined]  # a mark
        parts = [load(f.name) for f in (test, body, *state)]
        call = hook("for_", iterable, *parts, strings(sorted(names)), strings(live))
        return [placed(s, node) for s in (test, body, *state, ast.Expr(call))]

    def _test(
        self, name: str, names: set[str], node: ast.While | ast.For, test: ast.expr | None
    ) -> ast.FunctionDef:
        """A function that tells whether the loop goes on: nothing stopped it, and the test of a `while` holds."""
        stops = getattr(node, "stops", ())
        parts: list[ast.expr] = [hook("none_of", *map(load, stops))] if stops else []
        condition = self.visit(test) if test is not None else None
        if condition is not None and parts:
            parts = [hook("and_", parts[0], thunk(condition))]
        elif condition is not None:
            parts = [condition]
        body: list[ast.stmt] = [ast.Return(parts[0] if parts else constant(True))]
        return self._function(name, (), names, body)

    def _inner(
        self, name: str, args: Sequence[str], names: set[str], body: Sequence[ast.stmt]
    ) -> ast.FunctionDef:
        return self._function(name, args, names, self.block(body))

    def _function(
        self, name: str, args: Sequence[str], names: set[str], body: list[ast.stmt]
    ) -> ast.FunctionDef:
        declared: list[ast.stmt] = [ast.Nonlocal(sorted(names))] if names else []
        outside = sorted(self.scopes[-1].globals & stored(body))
        declared += [ast.Global(outside)] if outside else []
        return function(f"{HOOKS}{name}", args, [*declared, *body])

    def _state(self, n: int, names: set[str]) -> tuple[ast.FunctionDef, ast.FunctionDef]:
        """Two functions: one gives the values of the variables, one sets them."""
        ordered = sorted(names)
        get = self._function(f"get_{n}", (), set(), [ast.Return(names_tuple(ordered, ast.Load()))])
        taken: list[ast.stmt] = [ast.Assign([names_tuple(ordered, ast.Store())], load("_irkit_values"))]
        return get, self._function(f"set_{n}", ("_irkit_values",), names, taken)

    def _assigned(self, node: ast.If | ast.While | ast.For) -> set[str]:
        """The local variables that `node` sets, also by functions that it may call."""
        scope = self.scopes[-1]
        return (stored([node]) | self.shared[-1]) & (scope.bound | scope.nonlocals)

    def _always_live(self) -> set[str]:
        """Variables whose values matter everywhere: those of other functions, and whether this one has returned."""
        return self.scopes[-1].nonlocals | {RETURNED}

    def _number(self) -> int:
        self.count += 1
        return self.count

    def _native(self, node: ast.stmt) -> ast.stmt:
        """As it is, with hooks inside: in a generator, whose `yield` must stay where it stands."""
        for name, value in list(ast.iter_fields(node)):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                setattr(node, name, self.block(value))
            elif isinstance(value, ast.expr):
                setattr(node, name, self.visit(value))
        return node

    # ---- stores

    def visit_Assign(self, node: ast.Assign) -> ast.stmt | list[ast.stmt]:
        value = self.visit(node.value)
        if all(_only_names(t) for t in node.targets):
            node.value, node.targets = value, [self.visit(t) for t in node.targets]
            return [*self._announced(node.targets, node), node]
        kept = self.temporary()
        made: list[ast.stmt] = [assign(kept, value)]
        for target in node.targets:
            made += self._store(target, load(kept))
        return [placed(s, node) for s in made]

    def _store(self, target: ast.expr, value: ast.expr) -> list[ast.stmt]:
        if isinstance(target, ast.Attribute):
            args = (self.visit(target.value), constant(self.mangled(target.attr)), value)
            return [ast.Expr(hook("set_attribute", *args))]
        if isinstance(target, ast.Subscript):
            return [ast.Expr(hook("set_item", self.visit(target.value), self.key(target.slice), value))]
        if isinstance(target, ast.Tuple | ast.List) and not _only_names(target):
            return self._unpack(target, value)
        return [*self._announced([target], target), ast.Assign([self.visit(target)], value)]

    def _unpack(self, target: ast.Tuple | ast.List, value: ast.expr) -> list[ast.stmt]:
        kept = [self.temporary() for _ in target.elts]
        pairs = list(zip(target.elts, kept, strict=True))
        parts: list[ast.expr] = []
        for part, name in pairs:
            plain = ast.Name(name, ast.Store())
            parts.append(ast.Starred(plain, ast.Store()) if isinstance(part, ast.Starred) else plain)
        made: list[ast.stmt] = [ast.Assign([ast.Tuple(parts, ast.Store())], value)]
        for part, name in pairs:
            made += self._store(part.value if isinstance(part, ast.Starred) else part, load(name))
        return made

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        """a.x += v and a[k] += v; those of plain names were written out before."""
        thing, kept = self.temporary(), self.temporary()
        symbol, value, target = constant(OPERATORS[type(node.op)]), self.visit(node.value), node.target
        made: list[ast.stmt]
        if isinstance(target, ast.Attribute):
            name = constant(self.mangled(target.attr))
            made = [assign(thing, self.visit(target.value))]
            new = hook("augmented", symbol, hook("attribute", load(thing), name), value)
            made.append(ast.Expr(hook("set_attribute", load(thing), name, new)))
        else:
            assert isinstance(target, ast.Subscript)
            made = [assign(thing, self.visit(target.value)), assign(kept, self.key(target.slice))]
            new = hook("augmented", symbol, hook("item", load(thing), load(kept)), value)
            made.append(ast.Expr(hook("set_item", load(thing), load(kept), new)))
        return [placed(s, node) for s in made]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt | list[ast.stmt]:
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        return self.visit_Assign(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Delete(self, node: ast.Delete) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                made.append(
                    ast.Expr(hook("delete_attribute", self.visit(target.value), constant(target.attr)))
                )
            elif isinstance(target, ast.Subscript):
                made.append(ast.Expr(hook("delete_item", self.visit(target.value), self.key(target.slice))))
            elif isinstance(target, ast.Name) and self.origin(target.id) == "maybe":
                made.append(assign(target.id, hook("undefined")))
            else:
                made += [*self._announced([target], node), ast.Delete([target])]
        return [placed(s, node) for s in made]

    def _announced(self, targets: Sequence[ast.expr], node: ast.AST) -> list[ast.stmt]:
        """Hooks that hear of a name being set that is not this function's own."""
        made: list[ast.stmt] = []
        for name in sorted(stored(targets)):
            if self.origin(name) == "global":
                made.append(ast.Expr(hook("global_write", constant(name))))
            elif self.origin(name) == "free":
                made.append(ast.Expr(hook("free_write", constant(name))))
            elif name in self.scopes[-1].nonlocals:
                made.append(ast.Expr(hook("inner_write", constant(name), thunk(load(name)))))
        return [placed(s, node) for s in made]

    # ---- the rest

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        self.formatting += 1
        message = thunk(self.visit(node.msg)) if node.msg is not None else constant(None)
        self.formatting -= 1
        return placed(ast.Expr(hook("assert_", self.visit(node.test), message)), node)

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        self.formatting += 1
        if node.exc is not None:
            node.exc = placed(hook("raised", self.visit(node.exc)), node)
        if node.cause is not None:
            node.cause = self.visit(node.cause)
        self.formatting -= 1
        return node

    def visit_Try(self, node: ast.Try) -> list[ast.stmt]:
        for handler in node.handlers:
            handler.body = self.block(handler.body)
            handler.type = self.visit(handler.type) if handler.type is not None else None
        body = self.block(node.body)
        if node.handlers:
            guarded = ast.With([ast.withitem(hook("guarded"), None)], body)
            body = [placed(guarded, node)]
        node.body, node.orelse, node.finalbody = body, self.block(node.orelse), self.block(node.finalbody)
        gone = sorted({h.name for h in node.handlers if h.name} & self.scopes[-1].maybe)
        return [node, *(placed(assign(n, hook("undefined")), node) for n in gone)]

    def visit_Match(self, node: ast.Match) -> ast.stmt:
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.guard = None if case.guard is None else self.visit(case.guard)
            case.body = self.block(case.body)
        return node

    def visit_With(self, node: ast.With) -> ast.stmt:
        begin: list[ast.stmt] = []
        for item in node.items:
            item.context_expr = placed(hook("managed", self.visit(item.context_expr)), item.context_expr)
            if item.optional_vars is not None and not _only_names(item.optional_vars):
                kept = self.temporary()
                begin += self._store(item.optional_vars, load(kept))
                item.optional_vars = ast.Name(kept, ast.Store())
        node.body = [*begin, *self.block(node.body)]
        return placed(node, node)

    def visit_Global(self, node: ast.Global) -> ast.stmt:
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.stmt:
        return node


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return (body[1:] or [ast.copy_location(ast.Pass(), first)]) if is_text else body


def _is_plain(body: Sequence[ast.stmt]) -> bool:
    """Whether it is the body of a plain function: no generator, no coroutine."""
    return not any(
        isinstance(n, ast.Yield | ast.YieldFrom | ast.Await | ast.AsyncFor | ast.AsyncWith)
        for n in within(body)
    )


class _Desugar(ast.NodeTransformer):
    """x += v as x = augmented("+", x, v)."""

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        if not isinstance(node.target, ast.Name):
            return node
        name = node.target.id
        read = ast.copy_location(ast.Name(name, ast.Load()), node.target)
        new = hook("augmented", constant(OPERATORS[type(node.op)]), read, node.value)
        return placed(assign(name, new), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.stmt:
        return node  # has its own turn


def _desugared(body: list[ast.stmt]) -> list[ast.stmt]:
    return [_Desugar().visit(s) for s in body]


def _set_inside(body: Sequence[ast.stmt]) -> set[str]:
    """Variables of a function that functions defined inside of it set."""
    inner = [n for n in within(body) if isinstance(n, FUNCTIONS) and not isinstance(n, ast.Lambda)]
    found: set[str] = set()
    for node in inner:
        found |= names_of(node).nonlocals | (captured(node) & _set_inside(list(node.body)))
    return found


def _only_names(target: ast.expr) -> bool:
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_only_names, target.elts))
    if isinstance(target, ast.Starred):
        return _only_names(target.value)
    return isinstance(target, ast.Name)


__all__ = ["CannotRewrite", "Statements", "is_ours", "ours"]
