"""What a kernel raised, told as the user's mistake: which operator and layer, which line, which inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.errors import ExecutionError, IrkitError
from irkit.ir import type_of
from irkit.ir.graph import who

if TYPE_CHECKING:
    from irkit.backends.interpreter.steps import Frame
    from irkit.ir import Node, Value


def located(error: Exception, node: Node, frame: Frame, slot_of: Mapping[Value, int]) -> IrkitError:
    """`error` as an IrkitError that knows where it happened. Our own errors stay what they are."""
    place, layer = str(node.source), who(node.op, node.layer)
    facts = [f"{v.name}: {_described(frame[slot_of[v]])}" for v in node.inputs if v is not None]
    if isinstance(error, IrkitError):
        return error.at(place, layer, facts)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    found = ExecutionError(f"the kernel failed with {what}", source=place, layer=layer, facts=facts)
    found.__cause__ = error
    return found


def _described(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, np.ndarray | np.generic):
        return str(type_of(value))
    return (
        f"a list of {len(value)}"
        if isinstance(value, list)
        else "absent"
        if value is None
        else str(type(value))
    )
