"""Images seen through a change of coordinates: each pixel of the result is read from a place between old pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from irkit import operators as op
from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends.ops.arithmetic import add, divide, maximum, minimum, mod, multiply, subtract
from irkit.frontends.ops.comparison import greater_equal, less_equal, logical_and
from irkit.frontends.ops.creation import arange
from irkit.frontends.ops.elimination import solve
from irkit.frontends.ops.joining import concatenate, stack, unstack
from irkit.frontends.ops.layout import channels_last
from irkit.frontends.ops.operands import Operand, cast_to, floating, is_float, rank_of, tensor
from irkit.frontends.ops.resampling import image_rank
from irkit.frontends.ops.shaping import broadcast_to, expand_dims, moveaxis, reshape, squeeze
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["affine_transform", "elastic_transform", "map_coordinates", "perspective_transform"]

FILL_MODES = ("constant", "nearest", "wrap", "mirror", "reflect")


def map_coordinates(
    inputs: TensorLike,
    coordinates: TensorLike,
    order: int,
    fill_mode: str = "constant",
    fill_value: float = 0,
) -> Tensor:
    """What stands at the places `coordinates` (rank, …) of a tensor. order: 0 takes the nearest, 1 interpolates.

    fill_mode: what lies outside: "constant", "nearest", "wrap", "mirror" or "reflect".
    """
    x = tensor(inputs)
    places = [floating(c) for c in unstack(tensor(coordinates), num=rank_of(x))]
    if order not in (0, 1) or fill_mode not in FILL_MODES:
        raise ArgumentError(
            f"order must be 0 or 1 and fill_mode one of {FILL_MODES}. Received: {order}, {fill_mode!r}."
        )
    return _sampled(x, places, order, fill_mode, fill_value)


def _sampled(x: Operand, places: Sequence[Operand], order: int, fill_mode: str, fill_value: float) -> Tensor:
    """The weighted sum over the corners of the cell around each place; trailing axes of `x` go along."""
    extra = rank_of(x) - len(places)
    corners = [_corners(p, order) for p in places]
    total: Tensor | None = None
    for choice in product(*corners):
        indices, weights = zip(*choice, strict=True)
        value = _values_at(x, indices, fill_mode, fill_value)
        weight = weights[0]
        for w in weights[1:]:
            weight = multiply(weight, w)
        weight = expand_dims(weight, [-1 - i for i in range(extra)]) if extra else weight
        term = multiply(cast_to(value, weight.type.dtype), weight)
        total = term if total is None else add(total, term)
    assert total is not None
    made = total if is_float(x) else apply_one(op.Round(), total)
    return cast_to(made, x.type.dtype)


def _corners(place: Operand, order: int) -> list[tuple[Tensor, Tensor]]:
    """Whole numbers beside a place, and how much each counts."""
    if order == 0:
        nearest = apply_one(op.Round(), place)
        return [(nearest, add(multiply(nearest, 0), 1))]
    low = apply_one(op.Floor(), place)
    share = subtract(place, low)
    return [(low, subtract(1, share)), (add(low, 1), share)]


def _values_at(x: Operand, indices: Sequence[Tensor], fill_mode: str, fill_value: float) -> Tensor:
    inside: Tensor | None = None
    columns = []
    for axis, i in enumerate(indices):
        size = cast_to(size_tensor(x.shape[axis]), i.type.dtype)
        last = subtract(size, 1)
        here = logical_and(greater_equal(i, 0), less_equal(i, last))
        inside = here if inside is None else logical_and(inside, here)
        columns.append(cast_to(_INSIDE[fill_mode](i, size), DType.int64))
    found = apply_one(op.GatherND(), x, stack(columns, -1))
    if fill_mode != "constant":
        return found
    assert inside is not None
    extra = rank_of(found) - rank_of(inside)
    inside = expand_dims(inside, [-1 - k for k in range(extra)]) if extra else inside
    return apply_one(op.Where(), inside, found, tensor(fill_value, x.type.dtype))


def _clipped(i: Tensor, size: Tensor) -> Tensor:
    return maximum(minimum(i, subtract(size, 1)), 0)


def _mirrored(i: Tensor, size: Tensor) -> Tensor:
    """… 2 1 | 0 1 2 … n−1 | n−2 …"""
    period = maximum(multiply(subtract(size, 1), 2), 1)
    folded = mod(i, period)
    return minimum(folded, subtract(period, folded))


def _reflected(i: Tensor, size: Tensor) -> Tensor:
    """… 1 0 | 0 1 … n−1 | n−1 …"""
    folded = mod(i, multiply(size, 2))
    return minimum(folded, subtract(subtract(multiply(size, 2), 1), folded))


_INSIDE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "constant": _clipped,
    "nearest": _clipped,
    "wrap": mod,
    "mirror": _mirrored,
    "reflect": _reflected,
}

# ---- transforms of the plane

_ORDERS = {"nearest": 0, "bilinear": 1}


def affine_transform(
    images: TensorLike,
    transform: TensorLike,
    interpolation: str = "bilinear",
    fill_mode: str = "constant",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """The pixel (x, y) of the result is that at (a₀x + a₁y + a₂, b₀x + b₁y + b₂).

    transform: (8,) or (n, 8), which is a₀, a₁, a₂, b₀, b₁, b₂, and two more that are not used.
    """
    t = tensor(transform)
    rows = expand_dims(t, 0) if rank_of(t) == 1 else t
    coefficients = [reshape(c, (-1, 1, 1)) for c in unstack(cast_to(rows, DType.float32), axis=1)]

    def places(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        a0, a1, a2, b0, b1, b2, *_ = coefficients
        return add(add(multiply(a0, x), multiply(a1, y)), a2), add(add(multiply(b0, x), multiply(b1, y)), b2)

    return _warped(images, places, interpolation, fill_mode, fill_value, data_format)


def perspective_transform(
    images: TensorLike,
    start_points: TensorLike,
    end_points: TensorLike,
    interpolation: str = "bilinear",
    fill_value: float = 0,
    data_format: str | None = None,
) -> Tensor:
    """The image moved so that four points go to four others. Points: (4, 2) or (n, 4, 2), as (x, y)."""
    start, end = (cast_to(floating(p), DType.float32) for p in (start_points, end_points))
    start, end = (expand_dims(p, 0) if rank_of(p) == 2 else p for p in (start, end))
    matrix, target = _homography(start, end)
    solved = squeeze(solve(matrix, target), -1)
    coefficients = [reshape(c, (-1, 1, 1)) for c in unstack(solved, axis=1)]

    def places(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        a0, a1, a2, a3, a4, a5, a6, a7 = coefficients
        depth = add(add(multiply(a6, x), multiply(a7, y)), 1.0)
        across = add(add(multiply(a0, x), multiply(a1, y)), a2)
        down = add(add(multiply(a3, x), multiply(a4, y)), a5)
        return divide(across, depth), divide(down, depth)

    return _warped(images, places, interpolation, "constant", fill_value, data_format)


def _homography(start: Operand, end: Operand) -> tuple[Tensor, Tensor]:
    """The eight equations that send each end point back to its start point."""
    sx, sy = unstack(start, axis=2)
    ex, ey = unstack(end, axis=2)
    one, zero = add(multiply(ex, 0), 1), multiply(ex, 0)
    across = stack([ex, ey, one, zero, zero, zero, _negated(sx, ex), _negated(sx, ey)], -1)
    down = stack([zero, zero, zero, ex, ey, one, _negated(sy, ex), _negated(sy, ey)], -1)
    return concatenate([across, down], 1), expand_dims(concatenate([sx, sy], 1), -1)


def _negated(a: Tensor, b: Tensor) -> Tensor:
    return apply_one(op.Neg(), multiply(a, b))


def _warped(
    images: TensorLike,
    places: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]],
    interpolation: str,
    fill_mode: str,
    fill_value: float,
    data_format: str | None,
) -> Tensor:
    if interpolation not in _ORDERS or fill_mode not in FILL_MODES:
        raise ArgumentError(
            f"interpolation must be 'nearest' or 'bilinear', fill_mode one of {FILL_MODES}. "
            f"Received: {interpolation!r}, {fill_mode!r}."
        )
    original = tensor(images)
    alone, last = image_rank(original) == 3, channels_last(data_format)
    x = (
        original
        if is_float(original) and original.type.dtype.bits >= 32
        else cast_to(original, DType.float32)
    )
    x = expand_dims(x, 0) if alone else x
    x = x if last else moveaxis(x, 1, -1)
    n, h, w = x.shape[:3]
    columns = reshape(arange(w, dtype="float32"), (1, 1, -1))
    rows = reshape(arange(h, dtype="float32"), (1, -1, 1))
    across, down = (broadcast_to(p, [n, h, w]) for p in places(columns, rows))
    batch = broadcast_to(reshape(arange(n, dtype="float32"), (-1, 1, 1)), [n, h, w])
    made = _sampled_plane(x, batch, down, across, _ORDERS[interpolation], fill_mode, fill_value)
    made = made if last else moveaxis(made, -1, 1)
    made = squeeze(made, 0) if alone else made
    return cast_to(made, original.type.dtype)


def _sampled_plane(
    x: Operand, batch: Tensor, down: Tensor, across: Tensor, order: int, fill_mode: str, fill_value: float
) -> Tensor:
    """As `_sampled`, with images that are never mixed: their number is a whole one."""
    total: Tensor | None = None
    for (i, share_i), (j, share_j) in product(_corners(down, order), _corners(across, order)):
        value = _values_at(x, [batch, i, j], fill_mode, fill_value)
        term = multiply(value, expand_dims(multiply(share_i, share_j), -1))
        total = term if total is None else add(total, term)
    assert total is not None
    return total


def elastic_transform(
    images: TensorLike,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: object = None,
    data_format: str | None = None,
) -> Tensor:
    """Not available. Raises UnsupportedError."""
    raise UnsupportedError(
        "elastic_transform draws random displacements, which a deployed model must not depend on."
    )
