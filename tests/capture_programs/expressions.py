"""Random expressions for random programs, by kind of value.

Kinds: f a float32 number, v a float32 vector of open size, u one of size 3, i int64, j int32, b a bool, k a Python int,
p a Python float.
Numbers stay small and dyadic, so that every order of evaluation gives the same bits and no branch hangs on rounding.
"""

from __future__ import annotations

import random
from collections.abc import Callable

KINDS = "fvuijbkp"
Variables = dict[str, list[str]]  # kind → names


class Expressions:
    """Draws expressions over the variables that are defined where they stand."""

    def __init__(self, rng: random.Random, *, state: bool = False) -> None:
        self.rng, self.state = rng, state
        self.variables: Variables = {kind: [] for kind in KINDS}
        self.matrices: list[str] = []
        self.helpers: list[tuple[str, str, str]] = []  # name, kinds of parameters, kind of result

    def draw(self, kind: str, depth: int = 2) -> str:
        """An expression of that kind, of at most that depth."""
        if kind == "b":
            return self.condition(depth)
        if depth <= 0 or self.rng.random() < 0.2:
            return self._leaf(kind)
        makers: list[Callable[[int], str]] = [
            getattr(self, name) for name in dir(self) if name.startswith(f"{kind}_")
        ]
        if kind in "vu":
            makers += [getattr(self, name) for name in dir(self) if name.startswith("vector_")]
            return self._vector(kind, depth - 1, self.rng.choice(makers))
        if self.rng.random() < 0.15:
            return self._conditional(kind, depth - 1)
        called = [h for h in self.helpers if h[2] == kind]
        if called and self.rng.random() < 0.25:
            return self._call(self.rng.choice(called), depth - 1)
        return self.rng.choice(makers)(depth - 1)

    def _vector(self, kind: str, depth: int, maker: Callable[[int], str]) -> str:
        if self.rng.random() < 0.15:
            return self._conditional(kind, depth)
        called = [h for h in self.helpers if h[2] == kind]
        if called and self.rng.random() < 0.3:
            return self._call(self.rng.choice(called), depth)
        self._kind = kind
        return maker(depth)

    def _conditional(self, kind: str, depth: int) -> str:
        return f"({self.draw(kind, depth)} if {self.condition(depth)} else {self.draw(kind, depth)})"

    def _call(self, helper: tuple[str, str, str], depth: int) -> str:
        name, kinds, _ = helper
        return f"{name}({', '.join(self.draw(kind, min(depth, 1)) for kind in kinds)})"

    def _leaf(self, kind: str) -> str:
        names = self.variables[kind]
        if kind == "f" and (not names or self.rng.random() < 0.3):
            return self.rng.choice(["0.5", "1.0", "-1.5", "2.0", "3.0"])
        if kind == "k" and (not names or self.rng.random() < 0.4):
            return str(self.rng.randint(-3, 5))
        if kind == "p" and (not names or self.rng.random() < 0.3):
            return self.rng.choice(["0.25", "-0.5", "1.0", "2.5"])
        return self.rng.choice(names)

    # ---- numbers

    def f_sum(self, d: int) -> str:
        return f"({self.draw('f', d)} {self.rng.choice('+-')} {self.draw('f', d)})"

    def f_scaled(self, d: int) -> str:
        return f"({self.draw('f', d)} * {self.rng.choice(['0.5', '2', '-1.0', self.draw('k', 0)])})"

    def f_larger(self, d: int) -> str:
        return f"ops.{self.rng.choice(['maximum', 'minimum'])}({self.draw('f', d)}, {self.draw('f', d)})"

    def f_of_vector(self, d: int) -> str:
        return f"{self.draw(self.rng.choice('vu'), min(d, 1))}.{self.rng.choice(['sum', 'max', 'min'])}()"

    def f_element(self, d: int) -> str:
        if self.rng.random() < 0.5:
            return f"{self.draw('u', 0)}[{self.draw(self.rng.choice('ki'), d)} % 3]"
        x = self.draw("v", 0)
        return f"{x}[{self.draw(self.rng.choice('ki'), d)} % {x}.shape[0]]"

    def f_of_part(self, d: int) -> str:
        x, bound = self.draw("v", 0), self.draw(self.rng.choice("ik"), 0)
        return self.rng.choice(
            [f"{x}[{x} > {self.draw('f', 0)}].sum()", f"{x}[:{bound}].sum()", f"{x}[{bound}:].sum()"]
        )

    def f_state(self, d: int) -> str:
        return "(TOTAL * 1.0)" if self.state else self.f_cast(d)

    def f_cast(self, d: int) -> str:
        return f"ops.cast({self.draw(self.rng.choice('ijb'), d)}, 'float32')"

    def i_sum(self, d: int) -> str:
        return f"({self.draw('i', d)} {self.rng.choice('+-')} {self.draw(self.rng.choice('ik'), d)})"

    def i_quotient(self, d: int) -> str:
        return f"({self.draw('i', d)} {self.rng.choice(['//', '%', '*'])} {self.rng.choice([2, 3, -3])})"

    def i_cast(self, d: int) -> str:
        return f"ops.cast({self.draw(self.rng.choice('jf'), d)}, 'int64')"

    def j_sum(self, d: int) -> str:
        return f"({self.draw('j', d)} {self.rng.choice('+-')} {self.draw(self.rng.choice('jk'), d)})"

    def j_quotient(self, d: int) -> str:
        return f"({self.draw('j', d)} {self.rng.choice(['//', '%', '*'])} {self.rng.choice([2, 5, -3])})"

    def j_place(self, d: int) -> str:
        return f"{self.draw(self.rng.choice('vu'), min(d, 1))}.argmax()"

    def k_sum(self, d: int) -> str:
        return f"({self.draw('k', d)} {self.rng.choice('+-*')} {self.draw('k', d)})"

    def k_quotient(self, d: int) -> str:
        return f"({self.draw('k', d)} {self.rng.choice(['//', '%'])} {self.rng.choice([2, 3, 7, -3])})"

    def k_size(self, d: int) -> str:
        sized = [*self.variables["v"], *self.matrices] or ["(1, 2)"]
        return (
            f"len({self.rng.choice(sized)})"
            if self.rng.random() < 0.3 or sized[0] == "(1, 2)"
            else (f"{self.rng.choice(sized)}.shape[0]")
        )

    def k_of_float(self, d: int) -> str:
        return f"{self.rng.choice(['int', 'round'])}({self.draw('p', min(d, 1))})"

    def p_sum(self, d: int) -> str:
        return f"({self.draw('p', d)} {self.rng.choice('+-')} {self.draw(self.rng.choice('pk'), d)})"

    def p_scaled(self, d: int) -> str:
        return f"({self.draw('p', d)} * {self.rng.choice(['0.5', '-2', '2.0'])})"

    def p_quotient(self, d: int) -> str:
        return f"({self.draw('k', d)} / {self.rng.choice(['2', '4', '-8'])})"

    def f_with_float(self, d: int) -> str:
        return f"({self.draw('f', d)} {self.rng.choice('+-*')} {self.draw('p', min(d, 1))})"

    # ---- vectors

    def vector_sum(self, d: int) -> str:
        kind = self._kind
        return f"({self.draw(kind, d)} {self.rng.choice('+-')} {self.draw(self.rng.choice([kind, 'f']), d)})"

    def vector_scaled(self, d: int) -> str:
        return f"({self.draw(self._kind, d)} * {self.rng.choice(['0.5', '2', '-1', self.draw('k', 0)])})"

    def vector_chosen(self, d: int) -> str:
        kind = self._kind
        return f"ops.where({self.draw(kind, d)} > {self.draw('f', d)}, {self.draw(kind, d)}, {self.draw(kind, d)})"

    def vector_turned(self, d: int) -> str:
        return f"{self.draw(self._kind, 0)}[::-1]"

    def u_stacked(self, d: int) -> str:
        part = self.rng.choice(["e * 2", "e + n", "(e if e > 0 else e - 1)", "e - 0.5"])
        return f"ops.stack([{part} for n, e in enumerate({self.draw('u', d)})])"

    # ---- conditions

    def condition(self, depth: int = 2) -> str:
        """A bool: of tensors, of Python numbers, or of both."""
        r = self.rng.random()
        if depth > 0 and r < 0.3:
            return (
                f"({self.condition(depth - 1)} {self.rng.choice(['and', 'or'])} {self.condition(depth - 1)})"
            )
        if depth > 0 and r < 0.4:
            return f"(not {self.condition(depth - 1)})"
        if r < 0.5 and self.variables["b"]:
            return self.rng.choice(self.variables["b"])
        kind = self.rng.choice("ffiijkkp")
        a, b = self.draw(kind, min(depth, 1)), self.draw("k" if kind not in "fp" else kind, 0)
        if r < 0.6:
            return f"({b} {self.rng.choice(['<', '<='])} {a} < {self.draw('k', 0)})"
        return f"({a} {self.rng.choice(['<', '>', '<=', '>=', '==', '!='])} {b})"
