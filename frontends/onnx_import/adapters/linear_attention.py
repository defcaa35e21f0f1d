"""LinearAttention (opset 27): a recurrence over the tokens, written as a Scan in float32."""

from __future__ import annotations

import math
from collections.abc import Sequence

from irkit.errors import AttributeRangeError
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import DType, Graph, Value, as_tensor


@adapter("LinearAttention")
def linear_attention(use: Use) -> Sequence[Value]:
    """query (B, T, H·dₖ), key (B, T, G·dₖ), value (B, T, G·dᵥ) → output (B, T, H·dᵥ), state (B, G, dₖ, dᵥ)"""
    heads, groups = use.take("q_num_heads", 0), use.take("kv_num_heads", 0)
    if groups < 1 or heads < 1 or heads % groups:
        raise AttributeRangeError(f"q_num_heads {heads} must be a multiple of kv_num_heads {groups}.")
    depth = (use.type(0).shape or (0, 0, 0))[2]
    if not isinstance(depth, int):
        raise use.unsupported("needs a query whose last size is known.")
    q, k, v = (_split(use, i, n) for i, n in ((0, heads), (1, groups), (2, groups)))
    q = use.add("Reshape", q, use.integers([0, 0, groups, heads // groups, -1]))
    scale = use.take("scale", 0.0) or 1 / math.sqrt(max(depth // heads, 1))
    q = use.add("Mul", q, use.number(scale, DType.float32))
    k, v = (use.add("Unsqueeze", x, use.integers([3])) for x in (k, v))
    scanned = [q, k, v, *_gates(use, groups)]
    state = _start(use, k, v)
    body = _step(
        use, state, scanned, decays=use.optional(4) is not None, corrects=use.optional(5) is not None
    )
    axes = (1,) * len(scanned)
    last, out = use.many(
        "Scan",
        [state, *scanned],
        2,
        body=body,
        num_scan_inputs=len(scanned),
        scan_input_axes=axes,
        scan_output_axes=(1,),
    )
    packed = use.add("Reshape", out, use.integers([0, 0, -1]))
    kept = use.type(3 if use.optional(3) is not None else 0).dtype
    return [use.add("Cast", packed, to=use.type(0).dtype), use.add("Cast", last, to=kept)][: use.count]


def _split(use: Use, position: int, heads: int) -> Value:
    """(B, T, H·d) → float32 (B, T, H, d)"""
    wide = use.add("Cast", use.value(position), to=DType.float32)
    return use.add("Reshape", wide, use.integers([0, 0, heads, -1]))


def _gates(use: Use, groups: int) -> list[Value]:
    """exp(decay) (B, T, G, dₖ or 1, 1) and beta (B, T, G or 1, 1, 1), as far as they are given."""
    found = []
    if use.optional(4) is not None:
        found.append(use.add("Unsqueeze", use.add("Exp", _split(use, 4, groups)), use.integers([4])))
    if use.optional(5) is not None:
        wide = use.add("Cast", use.value(5), to=DType.float32)
        found.append(use.add("Unsqueeze", wide, use.integers([3, 4])))
    return found


def _start(use: Use, k: Value, v: Value) -> Value:
    """The state before the first token: given, or zeros (B, G, dₖ, dᵥ)."""
    past = use.optional(3)
    if past is not None:
        return use.add("Cast", past, to=DType.float32)
    sizes = [use.add("Shape", k, start=0, end=1), use.add("Shape", k, start=2, end=3)]
    sizes += [use.add("Shape", x, start=4, end=5) for x in (k, v)]
    return use.add("ConstantOfShape", use.add("Concat", *sizes, axis=0))


def _step(use: Use, state: Value, scanned: Sequence[Value], *, decays: bool, corrects: bool) -> Graph:
    """S ← decay · S;  v ← beta · (v − kᵀS);  S ← S + k vᵀ;  output qᵀS"""
    graph = Graph("token", use.graph)
    inner = use.inside(graph)
    s = graph.input(graph.free_name("state"), state.type)
    types = [as_tensor(x.type) for x in scanned]
    slices = [t.with_shape(None if t.shape is None else [t.shape[0], *t.shape[2:]]) for t in types]
    q, k, v, *gates = (graph.input(graph.free_name("x"), t) for t in slices)
    if decays:
        s = inner.add("Mul", s, gates.pop(0))
    if corrects:
        v = inner.add("Mul", inner.add("Sub", v, inner.add("MatMul", k, s)), gates.pop(0))
    column = inner.add("Transpose", k, perm=(0, 1, 3, 2))
    s = inner.add("Add", s, inner.add("MatMul", column, v))
    graph.set_outputs([s, inner.add("MatMul", q, s)])
    return graph
