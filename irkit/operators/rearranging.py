"""Moving elements between channels and space."""

from __future__ import annotations

from irkit.errors import ShapeError
from irkit.ir import Array, Dim, TensorType, dims
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import MOVABLE, fresh_shape, show

__all__ = ["DepthToSpace", "SpaceToDepth"]


def _image(input: TensorType) -> tuple[Dim, Dim, Dim, Dim]:
    """The four sizes of a batch of images."""
    shape = fresh_shape("image", 4) if input.shape is None else input.shape
    if len(shape) != 4:
        raise ShapeError(f"a batch of images has 4 axes; {show(shape)} has {len(shape)}.")
    return shape[0], shape[1], shape[2], shape[3]


def _part(size: Dim, by: int, what: str) -> Dim:
    """size / by, which must leave nothing."""
    if isinstance(size, int) and size % by:
        raise ShapeError(f"{what} {size} cannot be divided by {by}.")
    return dims.floordiv(size, by)


@operator(since=13)
class DepthToSpace(Operator):
    """Channels become blocks of b·b pixels, whose place varies slowest among them (DCR), or fastest (CRD).
    https://onnx.ai/onnx/operators/onnx__DepthToSpace.html

    (batch, b²·c, h, w) → (batch, c, b·h, b·w), b = blocksize
    """

    blocksize: int = attribute(at_least=1)
    mode: str = attribute("DCR", one_of=("DCR", "CRD"))
    dtypes = {"input": MOVABLE}

    def infer(self, input: TensorType) -> TensorType:
        (n, c, h, w), b = _image(input), self.blocksize
        return input.with_shape([n, _part(c, b * b, "the number of channels"), h * b, w * b])

    def run(self, input: Array) -> Array:
        (n, c, h, w), b = input.shape, self.blocksize
        if self.mode == "DCR":
            blocks = input.reshape(n, b, b, c // b**2, h, w).transpose(0, 3, 4, 1, 5, 2)
        else:
            blocks = input.reshape(n, c // b**2, b, b, h, w).transpose(0, 1, 4, 2, 5, 3)
        return blocks.reshape(n, c // b**2, h * b, w * b)


@operator(since=13)
class SpaceToDepth(Operator):
    """Blocks of pixels become channels.  https://onnx.ai/onnx/operators/onnx__SpaceToDepth.html

    (batch, c, b·h, b·w) → (batch, b²·c, h, w), b = blocksize
    """

    blocksize: int = attribute(at_least=1)
    dtypes = {"input": MOVABLE}

    def infer(self, input: TensorType) -> TensorType:
        (n, c, h, w), b = _image(input), self.blocksize
        return input.with_shape([n, c * (b * b), _part(h, b, "the height"), _part(w, b, "the width")])

    def run(self, input: Array) -> Array:
        (n, c, h, w), b = input.shape, self.blocksize
        return (
            input.reshape(n, c, h // b, b, w // b, b)
            .transpose(0, 3, 5, 1, 2, 4)
            .reshape(n, c * b * b, h // b, w // b)
        )
