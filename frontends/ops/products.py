"""Products of vectors, matrices and tensors."""

from __future__ import annotations

from collections.abc import Sequence

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.arithmetic import multiply, subtract
from irkit.frontends.ops.joining import stack
from irkit.frontends.ops.operands import (
    Operand,
    axis_of,
    cast_to,
    kind,
    promoted,
    rank_of,
    tensor,
)
from irkit.frontends.ops.shaping import expand_dims, moveaxis, permuted, ravel, reshape
from irkit.frontends.ops.sizes import size_product
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType
from irkit.ir.types import FLOATS

__all__ = ["cross", "dot", "einsum", "inner", "kron", "matmul", "outer", "tensordot", "vdot"]

# What ONNX multiplies; other integers are computed in int32 or int64.
_PRODUCTS = FLOATS | {DType.int32, DType.int64, DType.uint32, DType.uint64}


def matmul(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The matrix product; leading axes broadcast. int8 with int8 gives int32."""
    a, b = promoted(x1, x2)
    dtype = kind(a)
    if dtype in _PRODUCTS:
        return apply_one(op.MatMul(), a, b)
    made = apply_one(op.MatMul(), cast_to(a, DType.int32), cast_to(b, DType.int32))
    return made if _all_int8(x1, x2) else cast_to(made, dtype)


def _all_int8(*xs: TensorLike) -> bool:
    """Then products are not cut off: Keras gives int32."""
    return all(kind(tensor(x)) is DType.int8 for x in xs)


def dot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The sum of products over the last axis of x1 and the second to last (or only) one of x2."""
    a, b = promoted(x1, x2)
    if rank_of(a) == 0 or rank_of(b) == 0:
        return multiply(a, b)
    if rank_of(a) <= 2 and rank_of(b) <= 2:
        return matmul(a, b)
    return tensordot(a, b, [[rank_of(a) - 1], [max(0, rank_of(b) - 2)]])


def tensordot(
    x1: TensorLike, x2: TensorLike, axes: int | Sequence[int] | Sequence[Sequence[int]] = 2
) -> Tensor:
    """The sum of products over axes of x1 and as many of x2; what is left of x1 comes first.

    axes: so many of the last of x1 and the first of x2; or a list for each.
    """
    a, b = promoted(x1, x2)
    mine, theirs = _contracted(a, b, axes)
    free_a = [i for i in range(rank_of(a)) if i not in mine]
    free_b = [i for i in range(rank_of(b)) if i not in theirs]
    rows = [a.shape[i] for i in free_a]
    columns = [b.shape[i] for i in free_b]
    inner = [b.shape[i] for i in theirs]
    left = reshape(permuted(a, [*free_a, *mine]), (-1, size_product(inner)))
    right = (
        reshape(permuted(b, [*theirs, *free_b]), (size_product(inner), -1))
        if inner or columns
        else reshape(b, (1, 1))
    )
    return reshape(matmul(left, right), [*rows, *columns])


def _contracted(a: Operand, b: Operand, axes: object) -> tuple[list[int], list[int]]:
    if isinstance(axes, int):
        n = axes
        return list(range(rank_of(a) - n, rank_of(a))), list(range(n))
    if not isinstance(axes, list | tuple) or len(axes) != 2:
        raise ArgumentError(f"axes must be an int or two lists. Received: {axes!r}.")
    mine, theirs = (list(v) if isinstance(v, list | tuple) else [v] for v in axes)
    if len(mine) != len(theirs):
        raise ArgumentError(f"axes must name as many of both tensors. Received: {axes!r}.")
    return [axis_of(a, i) for i in mine], [axis_of(b, i) for i in theirs]


def einsum(subscripts: str, *operands: TensorLike, **kwargs: object) -> Tensor:
    """Sums of products written with letters for axes: "ij,jk->ik"."""
    tensors = promoted(*operands)
    dtype = kind(tensors[0])
    computed = dtype if dtype in _PRODUCTS else DType.int32
    operator = op.Einsum(equation=subscripts.replace(" ", ""))
    made = apply_one(operator, *(cast_to(t, computed) for t in tensors))
    return made if _all_int8(*operands) else cast_to(made, dtype)


def inner(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The sum of products over the last axis of both."""
    a, b = promoted(x1, x2)
    if rank_of(a) == 0 or rank_of(b) == 0:
        return multiply(a, b)
    return tensordot(a, b, [[rank_of(a) - 1], [rank_of(b) - 1]])


def outer(x1: TensorLike, x2: TensorLike) -> Tensor:
    """All products of two vectors: (n,), (m,) → (n, m)."""
    a, b = promoted(x1, x2)
    return multiply(expand_dims(ravel(a), 1), expand_dims(ravel(b), 0))


def vdot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The sum of all products of elements."""
    a, b = promoted(x1, x2)
    return matmul(ravel(a), ravel(b))


def kron(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The Kronecker product: x2 in the place of every element of x1, times it."""
    a, b = promoted(x1, x2)
    rank = max(rank_of(a), rank_of(b))
    a, b = (expand_dims(v, list(range(rank - rank_of(v)))) if rank_of(v) < rank else v for v in (a, b))
    sizes = [size_product([m, n]) for m, n in zip(a.shape, b.shape, strict=True)]
    apart = expand_dims(a, [2 * i + 1 for i in range(rank)])
    other = expand_dims(b, [2 * i for i in range(rank)])
    return reshape(multiply(apart, other), sizes)


def cross(
    x1: TensorLike, x2: TensorLike, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: int | None = None
) -> Tensor:
    """The vector product of vectors of two or three numbers along an axis."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = promoted(x1, x2)
    a, b = moveaxis(a, axisa, 0), moveaxis(b, axisb, 0)
    p, q = _components(a), _components(b)
    if len(p) == len(q) == 2:
        return subtract(multiply(p[0], q[1]), multiply(p[1], q[0]))
    zero = multiply(p[0], 0)
    p, q = [*p, zero][:3], [*q, multiply(q[0], 0)][:3]
    parts = [subtract(multiply(p[i], q[j]), multiply(p[j], q[i])) for i, j in ((1, 2), (2, 0), (0, 1))]
    return stack(parts, axisc)


def _components(x: Tensor) -> list[Tensor]:
    count = x.shape[0]
    if count not in (2, 3):
        raise ArgumentError(f"vectors of two or three numbers are needed, not {count}.")
    return [apply_one(op.Gather(), x, tensor(i, DType.int64)) for i in range(int(count))]
