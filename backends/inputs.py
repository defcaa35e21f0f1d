"""Looking at what a caller hands to a model, before anything runs: the same for every backend.

dtypes, ranks and sizes; what each symbolic size is this time; the model's constraints between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.errors import IrkitError, ShapeError
from irkit.ir import DType, OptionalType, SequenceType, TensorType, Type, type_of
from irkit.ir.dims import Expression, Symbol, substitute, symbols
from irkit.ir.types import FLOATS

if TYPE_CHECKING:
    from irkit.ir import Constraint, Dim, GraphModel, Value

_KEPT = 256  # so many combinations of shapes are remembered as good
_WIDENED = frozenset({DType.float16, DType.bfloat16, DType.float32, DType.float64})


class InputCheck:
    """Called with a model's inputs it returns them as arrays, or raises ShapeError.

    What it verifies depends on dtypes and shapes alone, so combinations once seen are let through at once:
    the check costs half a microsecond a call. referee: floats of any width are taken, and become float64.
    """

    __slots__ = ("_constraints", "_inputs", "_referee", "_seen")

    def __init__(self, model: GraphModel, *, referee: bool = False) -> None:
        self._inputs = model.user_inputs
        bound = bound_symbols([v.type for v in self._inputs])
        self._constraints = checkable(list(model.graph.constraints), bound)
        self._referee = referee
        self._seen: set[object] = set()

    def __call__(self, given: Sequence[Any]) -> Sequence[Any]:
        try:
            key = tuple([(x.__class__, x.dtype, x.shape) for x in given])
            if key in self._seen:
                return given
        except (AttributeError, TypeError):
            key = ()
        return self._checked(given, key)

    def _checked(self, given: Sequence[Any], key: tuple[Any, ...]) -> Sequence[Any]:
        if len(given) != len(self._inputs):
            names = ", ".join(v.name for v in self._inputs)
            raise ShapeError(f"The model takes {len(self._inputs)} inputs ({names}); {len(given)} are given.")
        taken = [self._taken(v, x) for v, x in zip(self._inputs, given, strict=True)]
        self._check_sizes(taken)
        if self._referee:
            return [_widened(x) for x in taken]
        if all(
            x is y and type(x) is np.ndarray and x.dtype != object for x, y in zip(taken, given, strict=True)
        ):
            if len(self._seen) >= _KEPT:
                self._seen.clear()
            self._seen.add(key)
        return taken

    def _taken(self, value: Value, given: Any) -> Any:  # noqa: ANN401  # arrays, lists of them, None
        return _taken(f"input '{value.name}'", value.type, given, self._referee)

    def _check_sizes(self, taken: Sequence[Any]) -> None:
        """Bind each symbol at the first place where it stands alone; then every other size must agree."""
        sizes: dict[str, Dim] = {}
        found = [
            (v, v.type, x) for v, x in zip(self._inputs, taken, strict=True) if isinstance(v.type, TensorType)
        ]
        for _, type_, x in found:
            for size, actual in zip(type_.shape or (), x.shape if type_.shape else (), strict=True):
                name = lone_symbol(size)
                if name is not None:
                    sizes.setdefault(name, actual)
        for value, type_, x in found:
            for axis, size in enumerate(type_.shape or ()):
                _check_size(value, axis, size, x, sizes)
        for constraint in self._constraints:
            _check_constraint(constraint, sizes)


def lone_symbol(size: Dim) -> str | None:
    """The name of the symbol that `size` is, or None when it is a number or an expression."""
    if isinstance(size, Expression) and len(size.terms) == 1:
        monomial, coefficient = size.terms[0]
        if coefficient == 1 and len(monomial) == 1 and isinstance(monomial[0], Symbol):
            return monomial[0].name
    return None


def bound_symbols(types: Sequence[Type]) -> dict[str, None]:
    """Symbols that stand alone as a size of some input: the ones that a call gives a value."""
    sizes = [d for t in types if isinstance(t, TensorType) for d in t.shape or ()]
    return {name: None for size in sizes if (name := lone_symbol(size)) is not None}


def checkable(constraints: Sequence[Constraint], bound: dict[str, None]) -> list[Constraint]:
    """The constraints that speak of bound symbols only. About the others (sizes that depend on data) nothing
    is known before the kernels run, and these look for themselves."""
    return [c for c in constraints if {*symbols(c.left), *symbols(c.right)} <= bound.keys()]


def _taken(what: str, type_: Type, given: Any, referee: bool) -> Any:  # noqa: ANN401
    if isinstance(type_, OptionalType):
        return None if given is None else _taken(what, type_.element, given, referee)
    if isinstance(type_, SequenceType):
        if not isinstance(given, list | tuple):
            raise ShapeError(f"{what} must be a list, {type_}. Received: {type(given).__name__}.")
        return [_taken(f"{what}[{i}]", type_.element, x, referee) for i, x in enumerate(given)]
    array = _array(what, type_, given)
    found = type_of(array)
    floats = referee and found.dtype in _WIDENED and type_.dtype in _WIDENED
    if found.dtype is not type_.dtype and not floats:
        raise ShapeError(
            f"{what} must be {type_}; found {found}.", cure=f"Convert it: x.astype({str(type_.dtype)!r})."
        )
    if type_.shape is not None and len(type_.shape) != array.ndim:
        raise ShapeError(
            f"{what} must be {type_}; found {found}, of rank {array.ndim} instead of {len(type_.shape)}.",
            cure="For one sample, add the batch axis: x[None]."
            if array.ndim == len(type_.shape) - 1
            else "Reshape the data.",
        )
    if found.dtype is DType.string:
        return _strings(what, array)
    native = array.dtype.newbyteorder("=")  # a file may have been read as big-endian
    return array if array.dtype == native else array.astype(native)


def _array(what: str, type_: TensorType, given: Any) -> np.ndarray:  # noqa: ANN401
    if type(given) is np.ndarray:
        return given
    if given is None:
        raise ShapeError(f"{what} must be {type_}; found None.")
    try:
        dtype = (
            None if hasattr(given, "dtype") else type_.dtype.numpy
        )  # lists and numbers have none of their own
        return np.asarray(given) if dtype is None else np.asarray(given, dtype)
    except (TypeError, ValueError, OverflowError) as error:
        raise ShapeError(
            f"{what} must be {type_}; the {type(given).__name__} given is no array: {error}."
        ) from None


def _strings(what: str, array: np.ndarray) -> np.ndarray:
    if array.dtype != object:
        return array.astype(object)
    wrong = next((s for s in array.flat if not isinstance(s, str)), None)
    if wrong is not None:
        raise ShapeError(f"{what} must hold strings; found {wrong!r}.")
    return array


def _check_size(value: Value, axis: int, size: Dim, x: np.ndarray, sizes: dict[str, Dim]) -> None:
    expected = _evaluated(size, sizes)
    if not isinstance(expected, int) or expected == x.shape[axis]:
        return
    given = ", ".join(f"{name} = {sizes[name]}" for name in symbols(size) if name in sizes)
    why = f" ({given})" if given else ""
    raise ShapeError(
        f"input '{value.name}' must be {value.type}; found {type_of(x)}: "
        f"axis {axis} must be {size}{f' = {expected}' if given else ''}{why}, not {x.shape[axis]}.",
        cure="Change the data's shape, or the shape given to Input.",
    )


def _check_constraint(constraint: Constraint, sizes: dict[str, Dim]) -> None:
    left, right = _evaluated(constraint.left, sizes), _evaluated(constraint.right, sizes)
    if left != right:
        names = {**symbols(constraint.left), **symbols(constraint.right)}
        given = ", ".join(f"{name} = {sizes[name]}" for name in names)
        raise ShapeError(
            f"the model demands {constraint.left} == {constraint.right}; "
            f"with {given} that is {left} == {right}.",
            facts=[f"demanded by {constraint.origin}"] if constraint.origin else (),
        )


def _evaluated(size: Dim, sizes: dict[str, Dim]) -> Dim:
    try:
        result = substitute(size, sizes)
    except IrkitError as error:
        raise ShapeError(f"the size {size} has no value: {error}") from None
    if isinstance(result, int) and not -(2**63) <= result < 2**63:
        raise ShapeError(f"the size {size} does not fit into 64 bits.")
    return result


def _widened(x: Any) -> Any:  # noqa: ANN401
    if isinstance(x, list):
        return [_widened(element) for element in x]
    if x is None or DType.of(x.dtype) not in FLOATS & _WIDENED:
        return x
    return x.astype(np.float64)
