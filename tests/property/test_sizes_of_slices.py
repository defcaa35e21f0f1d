"""The size that a symbolic rule gives a slice is the size that numpy's slice has."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from irkit.ir import dims, symbol
from irkit.operators import Slice
from irkit.operators.slicing import sliced_size

n, m = symbol("n"), symbol("m")
bounds = st.one_of(
    st.integers(-9, 9),
    st.sampled_from([2**63 - 1, -(2**63), 2**31 - 1, n, m, n + 1, n - 1, m + n, 2 * n, -1 - m]),
)


@given(bounds, bounds, st.sampled_from([-3, -2, -1, 1, 2, 3]), st.integers(0, 7), st.integers(0, 7))
def test_symbolic_rule_instantiated_is_the_kernel(
    start: object, end: object, step: int, size: int, other: int
) -> None:
    predicted = sliced_size(n, start, end, step)  # type: ignore[arg-type]  # ints and sizes
    if predicted is None:
        return
    values = {"n": size, "m": other}
    first, last = (np.array([dims.substitute(b, values)], np.int64) for b in (start, end))  # type: ignore[arg-type]
    taken = Slice().run(np.arange(size), first, last, np.array([0]), np.array([step]))
    assert dims.substitute(predicted, values) == len(taken)
