"""Expressions with hooks: calls, reads of names, attributes and items, comparisons, and, or, not, ?:, displays."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from irkit.frontends.capture.rewriting.building import HOOKS, constant, hook, is_ours, load, placed, thunk
from irkit.frontends.capture.rewriting.scopes import COMPREHENSIONS, Names, names_of, within

COMPARISONS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip


class Expressions(ast.NodeTransformer):
    """Rewrites expressions. free: names of functions around the outermost one. owner: the class whose private names
    (__x) are meant. me: the first parameter, for super()."""

    def __init__(self, free: set[str], owner: str, me: str | None) -> None:
        self.free, self.owner, self.me = free, owner, me
        self.scopes: list[Names] = []
        self.temporaries = 0
        self.formatting = 0  # inside of messages, where tensors may be shown

    # ---- names

    def origin(self, name: str) -> str:
        """Where a name comes from: "local", "maybe" (local, and perhaps without a value), "free" or "global"."""
        for names in reversed(self.scopes):
            if name in names.globals:
                return "global"
            if name in names.bound:
                return "maybe" if name in names.maybe else "local"
        return "free" if name in self.free else "global"

    @contextmanager
    def inside(self, node: ast.AST, names: Names | None = None) -> Iterator[Names]:
        """While it lasts, names are looked up from inside a function, lambda or comprehension."""
        names = names or names_of(node)
        self.scopes.append(names)
        try:
            yield names
        finally:
            self.scopes.pop()

    def mangled(self, name: str) -> str:
        """A class's private name, as the compiler writes it."""
        if self.owner and name.startswith("__") and not name.endswith("__"):
            return f"_{self.owner.lstrip('_')}{name}"
        return name

    def temporary(self) -> str:
        """A name of our own."""
        self.temporaries += 1
        return f"_irkit_value_{self.temporaries}"

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if is_ours(node) or node.id.startswith(HOOKS):
            return node
        kind = self.origin(node.id)
        if not isinstance(node.ctx, ast.Load) or kind == "local":
            return node
        if kind != "maybe":
            node.id = self.mangled(node.id)
        hooks = {"maybe": "local", "free": "free_read", "global": "global_read"}
        return placed(hook(hooks[kind], constant(node.id), node), node)

    # ---- calls and parts

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if is_ours(node):
            node.args = [self.visit(a) for a in node.args]
            return node
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name == "super" and not node.args and self.me is not None:
            return placed(ast.Call(node.func, [load("__class__"), load(self.me)], []), node)
        self.formatting += name == "print"
        function = self.visit(node.func)
        args = ast.Tuple([self.visit(a) for a in node.args], ast.Load())
        keys = [None if k.arg is None else constant(k.arg) for k in node.keywords]
        named = ast.Dict(keys, [self.visit(k.value) for k in node.keywords])  # type: ignore[arg-type]  # None is **
        self.formatting -= name == "print"
        return placed(hook("call", function, args, named), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if is_ours(node):
            return node
        node.attr = self.mangled(node.attr)
        node.value = self.visit(node.value)
        if not isinstance(node.ctx, ast.Load):
            return node
        return placed(hook("attribute", node.value, constant(node.attr)), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        node.value, key = self.visit(node.value), self.key(node.slice)
        if not isinstance(node.ctx, ast.Load):
            node.slice = key
            return node
        return placed(hook("item", node.value, key), node)

    def key(self, node: ast.expr) -> ast.expr:
        """What stands between [ and ], as a value."""
        if isinstance(node, ast.Slice):
            parts = [self.visit(p) if p else constant(None) for p in (node.lower, node.upper, node.step)]
            return placed(hook("slice", *parts), node)
        if isinstance(node, ast.Tuple):
            return ast.copy_location(ast.Tuple([self.key(e) for e in node.elts], ast.Load()), node)
        return self.visit(node)  # type: ignore[no-any-return]  # an expression

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        node = self.generic_visit(node)  # type: ignore[assignment]  # the same node
        if not self.formatting:
            node.value = placed(hook("formatted", node.value), node)
        return node

    # ---- what is made here

    def visit_List(self, node: ast.List) -> ast.expr:
        return self._made(node)

    def visit_Dict(self, node: ast.Dict) -> ast.expr:
        return self._made(node)

    def visit_Set(self, node: ast.Set) -> ast.expr:
        return self._made(node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        return self._comprehension(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.expr:
        return self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.expr:
        return self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.expr:
        return self._comprehension(node)

    def _made(self, node: ast.expr) -> ast.expr:
        self.generic_visit(node)
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            return node
        return placed(hook("made", node), node)

    def _comprehension(self, node: ast.expr) -> ast.expr:
        assert isinstance(node, COMPREHENSIONS)
        first = node.generators[0]
        first.iter = self.visit(first.iter)  # the scope around computes it
        names = names_of(node)
        names.maybe = set()
        with self.inside(node, names):
            for i, part in enumerate(node.generators):
                part.target = self.visit(part.target)
                part.iter = self._iterated(part.iter if i == 0 else self.visit(part.iter))
                part.ifs = [self.visit(c) for c in part.ifs]
            for name in ("elt", "key", "value"):
                if hasattr(node, name):
                    setattr(node, name, self.visit(getattr(node, name)))
        return placed(hook("made", node), node)

    def _iterated(self, node: ast.expr) -> ast.expr:
        return placed(hook("iterated", node), node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.expr:
        self.visit_defaults(node.args)
        with self.inside(node):
            node.body = self.visit(node.body)
        return node

    def visit_defaults(self, args: ast.arguments) -> None:
        """Defaults of parameters, which the scope around computes."""
        args.defaults = [self.visit(d) for d in args.defaults]
        args.kw_defaults = [None if d is None else self.visit(d) for d in args.kw_defaults]
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
            if arg is not None:
                arg.annotation = None

    # ---- conditions

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        if any(_binds(v) for v in node.values[1:]):
            return self.generic_visit(node)  # type: ignore[return-value]  # an expression; bool() refuses tensors
        first, *rest = [self.visit(v) for v in node.values]
        name = "and_" if isinstance(node.op, ast.And) else "or_"
        return placed(hook(name, first, *map(thunk, rest)), node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        symbol = constant(OPERATORS[type(node.op)])
        left, right = self.visit(node.left), self.visit(node.right)
        return placed(hook("binary", symbol, left, right), node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        node.operand = self.visit(node.operand)
        return placed(hook("not_", node.operand), node) if isinstance(node.op, ast.Not) else node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        if _binds(node.body) or _binds(node.orelse):
            return self.generic_visit(node)  # type: ignore[return-value]  # as above
        test, body, orelse = (self.visit(n) for n in (node.test, node.body, node.orelse))
        return placed(hook("if_expression", test, thunk(body), thunk(orelse)), node)

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """a < b < c: the middle is computed once, and c only if a < b."""
        left, operands = self.visit(node.left), [self.visit(c) for c in node.comparators]
        symbols = [constant(COMPARISONS[type(o)]) for o in node.ops]
        if len(operands) == 1:
            return placed(hook("compare", symbols[0], left, operands[0]), node)
        pairs = [
            e for symbol, operand in zip(symbols, operands, strict=True) for e in (symbol, thunk(operand))
        ]
        return placed(hook("compare_chain", left, *pairs), node)


def _binds(node: ast.expr) -> bool:
    """Whether it sets a variable by :=, which a function around it would keep to itself."""
    return any(isinstance(n, ast.NamedExpr) for n in within([node]))
