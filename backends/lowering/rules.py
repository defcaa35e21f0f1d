"""What ONNX or onnxruntime lacks, written with what they have: a table, operator → rule.

Kernels that onnxruntime merely lacks for some types are in gaps.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from irkit import operators as o
from irkit.backends.lowering.adding import Rule, add
from irkit.backends.lowering.gaps import GAPS
from irkit.errors import UnsupportedError
from irkit.ir import DType, TensorType
from irkit.ir.graph import who
from irkit.ir.types import INTEGERS, SIGNED

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Value

ASSERT = "assert\t"  # how the layer of the node begins that fails for an Assert: then layer, tab, message
_TRAPPING = frozenset({DType.int32, DType.int64})  # the minimum divided by −1 raises SIGFPE
_WITHOUT_WHERE = frozenset({DType.int16, DType.uint16, DType.uint64})  # onnxruntime 1.31 has no such kernel
MAX_MESSAGE = 2000  # characters; the whole name of a node is limited


def apply_rules(graph: Graph) -> None:
    """Replace every node that has a rule. Raises UnsupportedError for operators that nothing can run."""
    changed: dict[Graph, None] = {}
    for node in list(graph.walk()):
        rule = RULES.get((node.op.domain, node.op.name))
        found = rule(node) if rule else None
        if found is not None:
            assert node.graph is not None
            changed[node.graph] = None
            for old, new in zip(node.outputs, found, strict=True):
                node.graph.replace_uses(old, new)
            node.graph.remove(node)
        elif node.op.domain == "irkit":
            raise UnsupportedError(
                f"{node.op.name} cannot be written in ONNX yet.",
                source=str(node.source),
                layer=who(node.op, node.layer),
                cure="The interpreter runs it.",
            )
    for each in changed:
        each.sort()


def _constant(node: Node, number: int, dtype: DType) -> Value:
    return add(node, o.Constant(value=np.array(number, dtype.numpy)))


def _assert(node: Node) -> Sequence[Value]:
    """A Gather from one element, at 0 where the condition holds and at 1, which fails, where it does not.

    onnxruntime's message names the node that failed, and that name leads to the text. Nothing reads the
    Gather; onnxruntime runs it all the same, at every level of optimisation (a test watches that).
    """
    condition, x = node.inputs
    assert condition is not None
    assert x is not None
    failed = add(node, o.Cast(to=DType.int64), add(node, o.Not(), condition))
    message = getattr(node.op, "message", "")[:MAX_MESSAGE]
    only = add(node, o.Constant(value=np.zeros(1, np.int64)))
    layer = node.layer.replace("\t", " ")
    add(node, o.Gather(), only, failed, layer=f"{ASSERT}{layer}\t{message}")
    if x.producer is None or x.producer.graph is not node.graph:
        x = add(node, o.Identity(), x)  # a sub-graph returns values of its own
    return [x]


def _divide(node: Node) -> Sequence[Value] | None:
    """Integer division that the processor cannot refuse: by 0 it gives 0, and by −1 it negates."""
    a, b, dtype = _integers(node)
    if dtype is None or _is_harmless(b, dtype):
        return None
    zero, is_zero = _zeros(node, b, dtype)
    if dtype in _WITHOUT_WHERE:
        flags = add(node, o.Cast(to=dtype), is_zero)
        quotient = add(node, node.op, a, add(node, o.Add(), b, flags))
        return [add(node, o.Mul(), quotient, add(node, o.Sub(), _constant(node, 1, dtype), flags))]
    is_minus_one = _minus_ones(node, b, dtype)
    harmful = is_zero if is_minus_one is None else add(node, o.Or(), is_zero, is_minus_one)
    quotient = add(node, node.op, a, add(node, o.Where(), harmful, _constant(node, 1, dtype), b))
    if is_minus_one is not None:
        quotient = add(node, o.Where(), is_minus_one, add(node, o.Sub(), zero, a), quotient)
    return [add(node, o.Where(), is_zero, zero, quotient)]


def _remainder(node: Node) -> Sequence[Value] | None:
    """The remainder by 0 and by −1 is 0, as it is by 1.

    onnxruntime computes fmod of integers in float64, which is wrong from 2⁵³ on. Unsigned it is the plain
    remainder.
    """
    a, b, dtype = _integers(node)
    fmod = getattr(node.op, "fmod", False)
    exact = dtype is DType.int64 and fmod
    if dtype is None or (_is_harmless(b, dtype) and not fmod):
        return None
    divisor = b if _is_harmless(b, dtype) else _harmless(node, b, dtype)
    if exact:
        multiple = add(node, o.Mul(), add(node, o.Div(), a, divisor), divisor)
        return [add(node, o.Sub(), a, multiple)]
    return [add(node, o.Mod(fmod=fmod and dtype in SIGNED), a, divisor)]


def _harmless(node: Node, b: Value, dtype: DType) -> Value:
    """`b` with 1 in the place of 0 and, where that is dangerous, of −1."""
    _, harmful = _zeros(node, b, dtype)
    if dtype in _WITHOUT_WHERE:
        return add(node, o.Add(), b, add(node, o.Cast(to=dtype), harmful))
    is_minus_one = _minus_ones(node, b, dtype)
    if is_minus_one is not None:
        harmful = add(node, o.Or(), harmful, is_minus_one)
    return add(node, o.Where(), harmful, _constant(node, 1, dtype), b)


def _zeros(node: Node, b: Value, dtype: DType) -> tuple[Value, Value]:
    """A zero, and where `b` is zero."""
    zero = _constant(node, 0, dtype)
    return zero, add(node, o.Equal(), b, zero)


def _minus_ones(node: Node, b: Value, dtype: DType) -> Value | None:
    """Where `b` is −1; None for types that the processor computes in wider ones, where the minimum divides
    too."""
    return add(node, o.Equal(), b, _constant(node, -1, dtype)) if dtype in _TRAPPING else None


def _integers(node: Node) -> tuple[Value, Value, DType | None]:
    a, b = cast("tuple[Value, Value]", node.inputs)
    dtype = b.type.dtype if isinstance(b.type, TensorType) else None
    return a, b, dtype if dtype in INTEGERS else None


def _is_harmless(divisor: Value, dtype: DType) -> bool:
    """Whether the divisor is known and holds neither 0 nor −1."""
    if divisor.known is None or divisor.known.dtype == object:
        return False
    return not bool(np.isin(divisor.known, [0, -1] if dtype in SIGNED else [0]).any())


RULES: Mapping[tuple[str, str], Rule] = {
    ("irkit", "Assert"): _assert,
    ("", "Div"): _divide,
    ("", "Mod"): _remainder,
    **GAPS,
}
