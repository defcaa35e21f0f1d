"""Which names a function binds, and where a name that it reads comes from."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(eq=False, slots=True)
class Names:
    """The names of one scope: a function, a lambda or a comprehension.

    maybe: local ones that may be without a value, since control flow sets them.
    """

    bound: set[str]
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)


def names_of(node: ast.AST) -> Names:
    """The names that a function, lambda or comprehension binds or declares."""
    if isinstance(node, COMPREHENSIONS):
        return Names({n for g in node.generators for n in stored([g.target])})
    assert isinstance(node, FUNCTIONS)
    names = Names(set(parameters(node.args)))
    body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
    for inner in within(body):
        if isinstance(inner, ast.Global):
            names.globals.update(inner.names)
        elif isinstance(inner, ast.Nonlocal):
            names.nonlocals.update(inner.names)
    names.bound |= stored(body) - names.globals - names.nonlocals
    return names


def parameters(args: ast.arguments) -> list[str]:
    """Names of all parameters."""
    plain = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    return [a.arg for a in (*plain, args.vararg, args.kwarg) if a is not None]


def within(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """All nodes under `nodes` that run in the same scope; a walrus in a comprehension belongs to the scope around."""
    pending = list(reversed(list(nodes)))
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            pending.extend(outside_of(node))
        elif isinstance(node, COMPREHENSIONS):
            yield from (n for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
            pending.append(node.generators[0].iter)
        else:
            pending.extend(reversed(list(ast.iter_child_nodes(node))))


def outside_of(node: ast.AST) -> list[ast.AST]:
    """What of a function or class statement is evaluated in the scope around it."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    assert isinstance(node, FUNCTIONS)
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return [*decorators, *node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]


def stored(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that `nodes` bind in their scope."""
    found: set[str] = set()
    for node in within(nodes):
        found.update(_binds(node))
    return found


def _binds(node: ast.AST) -> Iterable[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [(n.asname or n.name).split(".")[0] for n in names]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.MatchMapping(rest=str(rest)):
            return [rest]
        case ast.NamedExpr(target=ast.Name(id=name)):
            return [name]
    return []


def read(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that `nodes` read in their scope, also from functions defined inside."""
    found: set[str] = set()
    for node in within(nodes):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (*FUNCTIONS, *COMPREHENSIONS, ast.ClassDef)):
            found |= captured(node)
    return found


def captured(node: ast.AST) -> set[str]:
    """The names that a function, lambda, comprehension or class inside reads or writes of the scopes around it."""
    if isinstance(node, ast.ClassDef):
        inner: list[ast.AST] = [*node.body]
        return {n.id for i in inner for n in ast.walk(i) if isinstance(n, ast.Name)}
    names = names_of(node)
    if isinstance(node, COMPREHENSIONS):
        body: list[ast.AST] = list(ast.iter_child_nodes(node))
    else:
        assert isinstance(node, FUNCTIONS)
        body = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
    return (read(body) | names.nonlocals) - names.bound - names.globals
