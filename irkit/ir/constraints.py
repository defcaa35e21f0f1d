"""What a graph demands of its symbolic sizes: equations found while it was built, each with who demanded it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import count

from irkit.errors import ShapeError
from irkit.ir import dims
from irkit.ir.dims import Dim, Expression, Symbol


@dataclass(frozen=True, slots=True)
class Constraint:
    """left == right must hold at run time. origin: who demanded it, e.g. "Add 'add' (model.py:12)"."""

    left: Dim
    right: Dim
    origin: str = ""

    def __str__(self) -> str:
        return f"{self.left} == {self.right}" + (f", demanded by {self.origin}" if self.origin else "")


class Constraints:
    """The equations of one graph. Those that can be solved for a symbol become substitutions, so that sizes known
    to be equal are written alike afterwards.

    exact_broadcast: how broadcasting treats two different symbolic sizes. False: demand that they are equal, which is
    what a person who defines a model means. True: allow that one of them is 1, which is what a stranger's file means.
    """

    __slots__ = ("_all", "_fresh", "_numbers", "_open", "_open_about", "_solved", "_taken", "exact_broadcast")

    def __init__(self, *, exact_broadcast: bool = False) -> None:
        self.exact_broadcast = exact_broadcast
        self._all: list[Constraint] = []
        self._solved: dict[str, Dim] = {}  # values may mention symbols that were solved later: see _value
        self._open: dict[Dim, Constraint] = {}  # those that no symbol is solved by, by left - right
        self._open_about: dict[str, dict[Dim, None]] = {}  # for each symbol, the open ones that mention it
        self._taken: set[str] = set()
        self._numbers: dict[str, count[int]] = {}  # for each stem, the next number to try
        self._fresh: dict[str, None] = {}  # the symbols that `fresh` gave out

    def __iter__(self) -> Iterator[Constraint]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def take(self, names: Iterable[str]) -> None:
        """Symbols that come from outside, as those of inputs do: `fresh` will not give them out."""
        self._taken.update(names)

    def fresh(self, stem: str) -> Expression:
        """A symbol that stands nowhere else in the graph: `stem_0`, `stem_1`… The same graph gets the same names."""
        numbers = self._numbers.setdefault(stem, count())
        name = next(n for i in numbers if (n := f"{stem}_{i}") not in self._taken)
        self._taken.add(name)
        self._fresh[name] = None
        return dims.symbol(name)

    def restore(self, saved: Iterable[Constraint], fresh: Iterable[str]) -> None:
        """Demand again what another graph demanded, word for word. fresh: symbols that `fresh` gave out there.
        Raises ShapeError where demands contradict each other."""
        self._fresh.update(dict.fromkeys(fresh))
        self._taken.update(self._fresh)
        for constraint in saved:
            known = len(self._all)
            self.unify(constraint.left, constraint.right, constraint.origin)
            if len(self._all) == known:
                self._all.append(constraint)

    @property
    def solutions(self) -> Mapping[str, Dim]:
        """The symbols that are known to be something else."""
        return self._solved

    def forked(self) -> Constraints:
        """The same demands, to which others may be added without touching these. Fresh symbols are shared."""
        fork = Constraints(exact_broadcast=self.exact_broadcast)
        fork._all, fork._solved, fork._open = list(self._all), dict(self._solved), dict(self._open)
        fork._open_about = {name: dict(found) for name, found in self._open_about.items()}
        fork._fresh, fork._numbers, fork._taken = self._fresh, self._numbers, self._taken
        return fork

    def withdraw(self, count: int) -> list[Constraint]:
        """Take back the demands after the first `count`. What they told about the symbols stays in use."""
        withdrawn, self._all = self._all[count:], self._all[:count]
        taken_back = set(map(id, withdrawn))
        self._open = {d: c for d, c in self._open.items() if id(c) not in taken_back}
        return withdrawn

    def implies(self, a: Dim, b: Dim) -> bool:
        """Whether a == b follows from what was demanded."""
        left, right = self.simplified(a), self.simplified(b)
        return dims.equal(left, right) is True or self._is_open(left, right)

    def _is_open(self, left: Dim, right: Dim) -> bool:
        return left - right in self._open or right - left in self._open

    def renamed_apart(self, other: Constraints) -> dict[str, Dim]:
        """New names for the symbols that `fresh` gave out in `other` and that are taken here: two graphs that are
        joined must not share them by accident."""
        return {name: self.fresh(name) for name in other._fresh if name in self._taken}

    def simplified(self, size: Dim) -> Dim:
        """`size` with every solved symbol replaced."""
        if isinstance(size, int) or not self._solved:
            return size
        return dims.substitute(size, {name: self._value(name) for name in self._stale(size)})

    def _stale(self, size: Dim) -> list[str]:
        """Solved symbols that `size` still mentions."""
        return [name for name in dims.symbols(size) if name in self._solved]

    def _value(self, name: str) -> Dim:
        """What a solved symbol stands for. Substitutes where it passes, so that no chain is walked twice; without
        recursion, since a stranger's chain may be long."""
        pending = [name]
        while pending:
            value = self._solved[pending[-1]]
            stale = self._stale(value)
            deeper = [n for n in stale if self._stale(self._solved[n])]
            if deeper:
                pending += deeper
                continue
            if stale:
                self._solved[pending[-1]] = dims.substitute(value, {n: self._solved[n] for n in stale})
            pending.pop()
        return self._solved[name]

    def unify(self, a: Dim, b: Dim, origin: str = "") -> Dim:
        """Demand a == b and return the simplest way to write it. Raises ShapeError where that cannot be."""
        left, right = self.simplified(a), self.simplified(b)
        verdict = dims.equal(left, right)
        if verdict is True:
            return left
        if verdict is False:
            raise ShapeError(f"{a} must equal {b}, which cannot be.", facts=self._reasons(a, b))
        if self._is_open(left, right):
            return left
        constraint = Constraint(a, b, origin)
        self._all.append(constraint)
        solved = self._solve(left, right)
        if solved is None:
            self._keep_open(left - right, constraint)
        else:
            self._recheck(solved)
        return self.simplified(left)

    def update(self, other: Constraints, renamed: Mapping[str, Dim] | None = None) -> None:
        """Demand all that `other` demands, and know its symbols, some of them under new names."""
        renamed = renamed or {}
        self._taken |= other._taken - renamed.keys()
        self._fresh.update(dict.fromkeys(name for name in other._fresh if name not in renamed))
        for constraint in other:
            left, right = (dims.substitute(d, renamed) for d in (constraint.left, constraint.right))
            self.unify(left, right, constraint.origin)

    def _solve(self, left: Dim, right: Dim) -> str | None:
        """Turn the equation into a substitution for one of its symbols when one stands alone: a fresh one if
        there is one, else the later name, so that `batch_1` is written as `batch`. Returns its name."""
        difference = left - right
        assert isinstance(difference, Expression)
        candidates = [
            (monomial[0].name, coefficient)
            for monomial, coefficient in difference.terms
            if len(monomial) == 1 and isinstance(monomial[0], Symbol) and abs(coefficient) == 1
        ]
        for name, coefficient in sorted(
            candidates, key=lambda c: (c[0] in self._fresh, len(c[0]), c[0]), reverse=True
        ):
            rest = dims.symbol(name) - difference * coefficient
            if name not in dims.symbols(rest):  # else it also stands inside a product or an operation
                self._solved[name] = rest
                return name
        return None

    def _keep_open(self, difference: Dim, constraint: Constraint) -> None:
        if difference not in self._open:
            self._open[difference] = constraint
            for name in dims.symbols(difference):
                self._open_about.setdefault(name, {})[difference] = None

    def _recheck(self, solved: str) -> None:
        """Look at the open equations about a symbol again: what is now known of it may decide them."""
        for difference in self._open_about.pop(solved, {}):
            constraint = self._open.pop(difference, None)
            if constraint is None:
                continue
            left, right = self.simplified(constraint.left), self.simplified(constraint.right)
            verdict = dims.equal(left, right)
            if verdict is False:
                raise ShapeError(
                    f"{constraint} contradicts an earlier demand.", facts=[str(c) for c in self._all]
                )
            if verdict is None:
                self._keep_open(left - right, constraint)

    def _reasons(self, a: Dim, b: Dim) -> list[str]:
        names = {*dims.symbols(a), *dims.symbols(b)}
        return [str(c) for c in self._all if names & {*dims.symbols(c.left), *dims.symbols(c.right)}]


_none = Constraints()
_recording: ContextVar[tuple[Constraints, Callable[[], str]]] = ContextVar("recording", default=(_none, str))

# What `recording` does, for Graph.add, where a `with` would cost more than most shape rules.
start_recording, stop_recording = _recording.set, _recording.reset


class recording:  # noqa: N801  # used as a statement
    """While it lasts, shape rules put what they demand into `constraints`, in the name of `origin()`."""

    __slots__ = ("_state", "_token")

    def __init__(self, constraints: Constraints, origin: Callable[[], str] = str) -> None:
        self._state = (constraints, origin)

    def __enter__(self) -> None:
        self._token = _recording.set(self._state)

    def __exit__(self, *_: object) -> None:
        _recording.reset(self._token)


def broadcast(a: Dim, b: Dim) -> Dim:
    """The size that two sizes broadcast to, as numpy does. Raises ShapeError where they cannot."""
    if a is b or a == b or b == 1:
        return a
    if a == 1:
        return b
    if isinstance(a, int) or isinstance(b, int):
        # the symbolic one is 1 or equal to the number; the kernel looks at run time
        return _known_broadcast(a, b)
    if _recording.get()[0].exact_broadcast:
        return dims.maximum(a, b) * dims.minimum(1, a, b)  # 0 against 1 gives 0
    for small, other in ((a, b), (b, a)):
        if dims.at_least(1, small):  # min(1, n), the size of x[:1]: a person means that there is one
            return other
    return unify(a, b)


def _known_broadcast(a: Dim, b: Dim) -> Dim:
    number, other = (a, b) if isinstance(a, int) else (b, a)
    if dims.equal(number, other) is False and dims.equal(other, 1) is False:
        raise ShapeError(f"sizes {a} and {b} do not broadcast: they must be equal, or one of them 1.")
    return number


def unify(a: Dim, b: Dim) -> Dim:
    """For shape rules: demand a == b of the graph being built, and return how to write it.

    Raises ShapeError where that cannot be. Outside a graph nothing is recorded.
    """
    if a is b or (isinstance(a, int) and isinstance(b, int) and a == b):
        return a
    constraints, origin = _recording.get()
    if constraints is _none:
        constraints = Constraints()
    return constraints.unify(a, b, origin())


def same(a: Dim, b: Dim) -> bool:
    """For shape rules: whether a == b is certain, from what the graph being built has demanded so far."""
    simplified = _recording.get()[0].simplified
    return a is b or dims.equal(simplified(a), simplified(b)) is True


_outside = Constraints()


def fresh(stem: str) -> Dim:
    """For shape rules: a new symbol, for a size that only running can tell (how many elements are not zero…)."""
    constraints = _recording.get()[0]
    return (_outside if constraints is _none else constraints).fresh(stem)
