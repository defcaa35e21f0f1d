"""Sizes: an int, or an integer expression over named symbols, kept in canonical form.

An expression is a polynomial with integer coefficients over *atoms*: symbols, and the operations that polynomials
lack (``//``, ``%``, ``min``, ``max``). Equal polynomials are equal sizes; where the difference of two is a constant, or
its bounds exclude zero, they are different; otherwise ``equal`` honestly answers None.

Symbols stand for sizes, so they are at least 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Literal, TypeAlias, Union

from irkit.errors import ArgumentError

Dim: TypeAlias = Union[int, "Expression"]
Operation: TypeAlias = Literal["//", "%", "min", "max"]

# Of a product. Honest models need a few terms; a stranger's file may square a size again and again.
MAX_TERMS = 1024
MAX_DEGREE = 64


class Symbol:
    """A size known only by name. Interned: one object for each name, so that comparing is comparing pointers."""

    __slots__ = ("key", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.key = (0, name)


class Operated:
    """An operation that polynomials lack, applied to canonical arguments. Interned, like symbols."""

    __slots__ = ("arguments", "key", "operation")

    def __init__(self, operation: Operation, arguments: tuple[Dim, ...]) -> None:
        self.operation, self.arguments = operation, arguments
        self.key = (1, _text_of(operation, arguments))


Atom: TypeAlias = Symbol | Operated
Monomial: TypeAlias = tuple[Atom, ...]  # sorted by key; a power is a repetition; () is the constant term

_atom_symbol = cache(Symbol)
_atom_operated = cache(Operated)


class Expression:
    """A size that depends on symbols. Build one with ``symbol`` and arithmetic; it is immutable and hashable."""

    __slots__ = ("_hash", "terms")
    # numpy must hand `array + expression` to us elementwise, not try to convert us
    __array_priority__ = 1000

    def __init__(self, terms: tuple[tuple[Monomial, int], ...]) -> None:
        self.terms = terms
        self._hash = hash(terms)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Expression) and self.terms == other.terms)

    def __add__(self, other: Dim) -> Dim:
        return _sum(self, other, 1)

    __radd__ = __add__

    def __sub__(self, other: Dim) -> Dim:
        return _sum(self, other, -1)

    def __rsub__(self, other: Dim) -> Dim:
        return _sum(other, self, -1)

    def __neg__(self) -> Dim:
        return _sum(0, self, -1)

    def __mul__(self, other: Dim) -> Dim:
        return _product(self, other)

    __rmul__ = __mul__

    def __floordiv__(self, other: Dim) -> Dim:
        return floordiv(self, other)

    def __rfloordiv__(self, other: Dim) -> Dim:
        return floordiv(other, self)

    def __mod__(self, other: Dim) -> Dim:
        return mod(self, other)

    def __rmod__(self, other: Dim) -> Dim:
        return mod(other, self)

    def __bool__(self) -> bool:
        raise TypeError(f"the truth of the symbolic size {self} is not known")

    def __str__(self) -> str:
        return " ".join(_signed(c, m, first=i == 0) for i, (m, c) in enumerate(self.terms))

    def __repr__(self) -> str:
        return f"Dim({str(self)!r})"


def symbol(name: str) -> Expression:
    """The size called `name`, an identifier."""
    if not name.isidentifier() or name in ("min", "max"):
        raise ArgumentError(f"A size must be named by an identifier, not {name!r}.")
    return _single(_atom_symbol(name))


def equal(a: Dim, b: Dim) -> bool | None:
    """True or False when it is decided for every value of the symbols, None when it depends on them."""
    if a is b or a == b:
        return True
    difference = a - b
    if isinstance(difference, int):
        return False
    low, high = bounds(difference)
    return False if (low is not None and low > 0) or (high is not None and high < 0) else None


def at_least(a: Dim, b: Dim) -> bool | None:
    """Whether a >= b: decided, or None when it depends on the symbols."""
    low, high = bounds(a - b)
    if low is not None and low >= 0:
        return True
    return False if high is not None and high < 0 else None


def floordiv(a: Dim, b: Dim) -> Dim:
    """a // b, rounding down; what b divides is taken out, so that (2·n + 1)//2 is n."""
    if isinstance(b, int):
        if b == 0:
            raise ArgumentError(f"The size {a}//0 has no value.")
        if isinstance(a, int):
            return a // b
        if b < 0:
            return floordiv(-a, -b)
        whole, rest = _split(a, b)
        return whole + _divided(rest, b)
    if a == b:
        return 1  # sizes for which b is 0 have no quotient at all
    quotient = _exact_quotient(a, b)
    return quotient if quotient is not None else _single(_atom_operated("//", (a, b)))


def mod(a: Dim, b: Dim) -> Dim:
    """a % b with the sign of b, as in Python."""
    if isinstance(b, int):
        if b == 0:
            raise ArgumentError(f"The size {a}%0 has no value.")
        if isinstance(a, int):
            return a % b
        _, a = _split(a, b)
        if isinstance(a, int):
            return a % b
    low, high = bounds(a)
    if isinstance(b, int) and low is not None and high is not None and low >= 0 and high < b:
        return a
    if a == b or _exact_quotient(a, b) is not None:
        return 0
    return _single(_atom_operated("%", (a, b)))


def maximum(*sizes: Dim) -> Dim:
    """The largest; sizes that another one is known to reach are left out."""
    return _extreme("max", sizes, lambda a, b: at_least(b, a) is True)


def minimum(*sizes: Dim) -> Dim:
    """The smallest; sizes that another one is known not to exceed are left out."""
    return _extreme("min", sizes, lambda a, b: at_least(a, b) is True)


def ceildiv(a: Dim, b: int) -> Dim:
    """a // b, rounding up; b positive."""
    return floordiv(a + (b - 1), b)


def product(sizes: Iterable[Dim]) -> Dim:
    """How many elements a tensor of these sizes has."""
    result: Dim = 1
    for size in sizes:
        result = result * size
    return result


def bounds(a: Dim) -> tuple[int | None, int | None]:
    """The least and greatest value that `a` can have, None for no bound."""
    if isinstance(a, int):
        return a, a
    low: int | None = 0
    high: int | None = 0
    for monomial, coefficient in a.terms:
        term_low, term_high = _monomial_bounds(monomial)
        if coefficient < 0:
            term_low, term_high = term_high, term_low
        low = None if low is None or term_low is None else low + coefficient * term_low
        high = None if high is None or term_high is None else high + coefficient * term_high
    return low, high


def symbols(a: Dim) -> dict[str, None]:
    """Names of the symbols in `a`, in order of appearance."""
    found: dict[str, None] = {}
    pending: list[Dim] = [a]
    while pending:
        size = pending.pop(0)
        for monomial, _ in () if isinstance(size, int) else size.terms:
            for atom in monomial:
                if isinstance(atom, Symbol):
                    found[atom.name] = None
                else:
                    pending.extend(atom.arguments)
    return found


def substitute(a: Dim, values: Mapping[str, Dim]) -> Dim:
    """`a` with symbols replaced by sizes; symbols without a value stay."""
    if isinstance(a, int) or not values:
        return a
    result: Dim = 0
    for monomial, coefficient in a.terms:
        term: Dim = coefficient
        for atom in monomial:
            term = term * _substituted(atom, values)
        result = result + term
    return result


def operate(operation: Operation, arguments: tuple[Dim, ...]) -> Dim:
    """The canonical size of an operation that stands in an expression."""
    apply: Mapping[Operation, Callable[..., Dim]] = {"//": floordiv, "%": mod, "min": minimum, "max": maximum}
    return apply[operation](*arguments)


# ---- canonical form


def _single(atom: Atom) -> Expression:
    return Expression((((atom,), 1),))


def _terms(a: Dim) -> tuple[tuple[Monomial, int], ...]:
    return a.terms if isinstance(a, Expression) else ((((), int(a)),) if a else ())


def _order(term: tuple[Monomial, int]) -> tuple[int, list[tuple[int, str]]]:
    return -len(term[0]), [atom.key for atom in term[0]]


def _canonical(coefficients: Mapping[Monomial, int]) -> Dim:
    terms = [(m, c) for m, c in coefficients.items() if c]
    if not terms:
        return 0
    if len(terms) == 1 and not terms[0][0]:
        return terms[0][1]
    return Expression(tuple(sorted(terms, key=_order)))


def _sum(a: Dim, b: Dim, sign: int) -> Dim:
    coefficients = dict(_terms(a))
    for monomial, coefficient in _terms(b):
        coefficients[monomial] = coefficients.get(monomial, 0) + sign * coefficient
    return _canonical(coefficients)


def _product(a: Dim, b: Dim) -> Dim:
    coefficients: dict[Monomial, int] = {}
    left, right = _terms(a), _terms(b)
    if len(left) * len(right) > MAX_TERMS or (
        left and right and len(left[0][0]) + len(right[0][0]) > MAX_DEGREE
    ):
        raise ArgumentError("A symbolic size grows beyond all bounds.", cure="Multiply fewer symbolic sizes.")
    for m, c in left:
        for n, d in right:
            monomial = tuple(sorted(m + n, key=lambda atom: atom.key)) if m and n else m or n
            coefficients[monomial] = coefficients.get(monomial, 0) + c * d
    return _canonical(coefficients)


def _split(a: Expression, b: int) -> tuple[Dim, Dim]:
    """(q, r) with a == q·b + r, where no coefficient of r reaches b."""
    whole = {m: c // b for m, c in a.terms}
    rest = {m: c % b for m, c in a.terms}
    return _canonical(whole), _canonical(rest)


def _divided(rest: Dim, b: int) -> Dim:
    if isinstance(rest, int):
        return rest // b
    low, high = bounds(rest)
    if low is not None and high is not None and low // b == high // b:
        return low // b
    nested = _nested_division(rest)
    if nested is not None:  # (x//a + k)//b is (x + k·a)//(a·b)
        return floordiv(nested[0], nested[1] * b)
    return _single(_atom_operated("//", (rest, b)))


def _nested_division(rest: Expression) -> tuple[Dim, int] | None:
    """(x, a) when `rest` is x//a + constant with a positive int a, the constant taken into x."""
    monomials = [(m, c) for m, c in rest.terms if m]
    if len(monomials) != 1 or monomials[0][1] != 1 or len(monomials[0][0]) != 1:
        return None
    atom = monomials[0][0][0]
    if isinstance(atom, Symbol) or atom.operation != "//":
        return None
    inner, divisor = atom.arguments
    if not isinstance(divisor, int):
        return None
    constant = dict(rest.terms).get((), 0)
    return inner + constant * divisor, divisor


def _exact_quotient(a: Dim, b: Dim) -> Dim | None:
    """a / b when b is one monomial that divides every term of a."""
    terms = _terms(b)
    if len(terms) != 1 or isinstance(a, int):
        return None
    divisor, divisor_coefficient = terms[0]
    quotient: dict[Monomial, int] = {}
    for monomial, coefficient in a.terms:
        left = list(monomial)
        for atom in divisor:
            if atom not in left:
                return None
            left.remove(atom)
        if coefficient % divisor_coefficient:
            return None
        quotient[tuple(left)] = coefficient // divisor_coefficient
    return _canonical(quotient)


def _extreme(operation: Operation, sizes: tuple[Dim, ...], dominated: Callable[[Dim, Dim], bool]) -> Dim:
    flat: dict[Dim, None] = {}
    for size in sizes:
        flat.update(dict.fromkeys(_flattened(operation, size)))
    kept: list[Dim] = []
    for size in flat:
        if any(dominated(size, other) for other in kept):
            continue
        kept = [other for other in kept if not dominated(other, size)] + [size]
    if len(kept) == 1:
        return kept[0]
    return _single(_atom_operated(operation, tuple(sorted(kept, key=str))))


def _flattened(operation: Operation, size: Dim) -> tuple[Dim, ...]:
    """The arguments of a nested min of mins or max of maxes."""
    if isinstance(size, Expression) and len(size.terms) == 1:
        monomial, coefficient = size.terms[0]
        if coefficient == 1 and len(monomial) == 1:
            atom = monomial[0]
            if isinstance(atom, Operated) and atom.operation == operation:
                return atom.arguments
    return (size,)


def _monomial_bounds(monomial: Monomial) -> tuple[int | None, int | None]:
    low: int | None = 1
    high: int | None = 1
    for atom in monomial:
        atom_low, atom_high = _atom_bounds(atom)
        if atom_low is None or atom_low < 0 or low is None:
            return None, None
        low = low * atom_low
        high = None if high is None or atom_high is None else high * atom_high
    return low, high


def _atom_bounds(atom: Atom) -> tuple[int | None, int | None]:
    if isinstance(atom, Symbol):
        return 0, None
    lows, highs = zip(*(bounds(a) for a in atom.arguments), strict=True)
    known_lows = [low for low in lows if low is not None]
    known_highs = [high for high in highs if high is not None]
    if atom.operation == "max":
        return max(known_lows, default=None), max(known_highs) if len(known_highs) == len(highs) else None
    if atom.operation == "min":
        return min(known_lows) if len(known_lows) == len(lows) else None, min(known_highs, default=None)
    if atom.operation == "%":
        positive = lows[1] is not None and lows[1] > 0
        return (0, highs[1] - 1 if highs[1] is not None else None) if positive else (None, None)
    divisor = atom.arguments[1]
    if isinstance(divisor, int) and divisor > 0:
        return tuple(None if b is None else b // divisor for b in (lows[0], highs[0]))  # type: ignore[return-value]  # two elements
    return (
        (0, highs[0])
        if lows[0] is not None and lows[0] >= 0 and lows[1] is not None and lows[1] >= 0
        else (None, None)
    )


def _substituted(atom: Atom, values: Mapping[str, Dim]) -> Dim:
    if isinstance(atom, Symbol):
        return values.get(atom.name, _single(atom))
    return operate(atom.operation, tuple(substitute(a, values) for a in atom.arguments))


# ---- text


def _text_of(operation: Operation, arguments: tuple[Dim, ...]) -> str:
    if operation in ("min", "max"):
        return f"{operation}({', '.join(map(str, arguments))})"
    return operation.join(_grouped(a) for a in arguments)


def _grouped(a: Dim) -> str:
    """`a` as an operand: in brackets unless it is a number, a symbol, or a call of min or max."""
    if isinstance(a, int):
        return str(a) if a >= 0 else f"({a})"
    monomial, coefficient = a.terms[0]
    plain = len(a.terms) == 1 and coefficient == 1 and len(monomial) == 1 and _is_plain(monomial[0])
    return str(a) if plain else f"({a})"


def _is_plain(atom: Atom) -> bool:
    return isinstance(atom, Symbol) or atom.operation in ("min", "max")


def _atom_text(atom: Atom, alone: bool) -> str:
    return atom.key[1] if alone or _is_plain(atom) else f"({atom.key[1]})"


def _signed(coefficient: int, monomial: Monomial, first: bool) -> str:
    size = abs(coefficient)
    alone = size == 1 and len(monomial) == 1 and not (first and coefficient < 0)  # -(n//2) is not (-n)//2
    factors = [_atom_text(atom, alone) for atom in monomial]
    body = "*".join([str(size), *factors] if size != 1 or not monomial else factors)
    if first:
        return f"-{body}" if coefficient < 0 else body
    return f"- {body}" if coefficient < 0 else f"+ {body}"
