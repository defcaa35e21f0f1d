"""Who looks on while operators are used eagerly: nobody, or a debugger.

with watched(look): …       look(operator, scope, results) after each of this program's eager operations
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from irkit.frontends.tensors.definition import Scope
    from irkit.frontends.tensors.tensor import Tensor
    from irkit.operators import Operator

Look: TypeAlias = "Callable[[Operator, Scope, Sequence[Tensor]], None]"

# Read at every eager operation, so a plain name of this module and no ContextVar.
look: Look | None = None


@contextmanager
def watched(onlooker: Look) -> Iterator[None]:
    """While it lasts, `onlooker` is told of every eager operation, of all threads."""
    global look  # noqa: PLW0603  # see above
    before, look = look, onlooker
    try:
        yield
    finally:
        look = before
