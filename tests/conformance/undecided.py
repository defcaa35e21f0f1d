"""Sizes that no shape rule can know from the sizes of the inputs: shown by inputs of the same shapes that give others.

A case is *undecided* when the same model, run on inputs with the same types and shapes but other contents, makes an
output of another shape. Whoever gives a definite size there is wrong for one of the two runs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import onnx
from PIL import Image

from irkit.errors import IrkitError
from tests.conformance.adapters import interpreter

_LARGEST = 2**12  # elements of an input that is worth changing
# Of the cases of which few contents are legal, another legal content of input 1.
_OTHER = {
    "test_col2im": [1, 9],
    "test_col2im_pads": [1, 17],
    "test_col2im_dilations": [2, 10],
    "test_col2im_5d": [4, 3, 5],
    "test_reshape_zero_dim": [2, 0, 2, 2],
}


def witness(name: str, model: onnx.ModelProto, inputs: Sequence[Any]) -> str | None:
    """Which change of which input of the case changes the shape of an output, or None when none was found."""
    usual = shapes(interpreter(model, [*inputs]))
    for i, value in enumerate(inputs):
        for change, changed in _changes(value) if (other := _other(name, i, value)) is None else other:
            found = _shapes_or_none(model, [*inputs[:i], changed, *inputs[i + 1 :]])
            if found is not None and found != usual:
                return f"input {i} {change}: {usual} becomes {found}"
    return None


def _other(name: str, position: int, value: Any) -> list[tuple[str, Any]] | None:
    """The one change to try, where few contents are legal."""
    if name.startswith("test_image_decoder"):
        return [("another picture", np.array(_small_picture(len(value)), value.dtype))]
    content = _OTHER.get(name) if position == 1 else None
    return content and [(f"= {content}", np.array(content, value.dtype))]


def _small_picture(length: int) -> list[int]:
    """The bytes of a PNG file of 2 × 3 pixels, filled up to a length; readers stop at its end."""
    file = io.BytesIO()
    Image.new("RGB", (2, 3)).save(file, "PNG")
    return list(file.getvalue().ljust(length, bytes(1)))


def _shapes_or_none(model: onnx.ModelProto, inputs: list[Any]) -> object:
    with suppress(IrkitError):  # an input that the operator refuses is no witness
        return shapes(interpreter(model, inputs))
    return None


def shapes(results: Sequence[Any]) -> list[Any]:
    """The shapes of all results; of a sequence, those of its elements."""
    return [shapes(r) if isinstance(r, list) else np.shape(r) for r in results]


def _changes(value: Any) -> Iterator[tuple[str, Any]]:
    """Other contents for the same type and shape."""
    if isinstance(value, list):
        yield from ((f"without its last of {len(value)}", value[:-1]),) if value else ()
    if not isinstance(value, np.ndarray) or not 0 < value.size <= _LARGEST:
        return
    yield "reversed", np.flip(value).copy()
    yield "all like its first", np.full_like(value, value.flat[0])
    yield "all like its last", np.full_like(value, value.flat[-1])
    if value.dtype.kind in "OU":
        yield "of other words", np.full_like(value, "monday tuesday a  b c d")
        yield (
            "of words for themselves",
            np.array([f"word{i}" for i in range(value.size)], value.dtype).reshape(value.shape),
        )
    elif value.dtype.kind == "b":
        yield "negated", ~value
    else:
        numbers = value.astype(np.float64) if value.dtype.kind == "V" else value
        for text, other in (
            ("+ 1", numbers + 1),
            ("− 1", numbers - 1),
            ("× 2", numbers * 2),
            ("× 0", numbers * 0),
        ):
            yield text, other.astype(value.dtype)
        for axis, step in ((0, 1), (-1, 1), (0, -1), (-1, -1)):
            one = value.copy()
            one.flat[axis] = one.flat[axis] + value.dtype.type(step) if value.dtype.kind != "u" else 3
            yield f"with its element {axis} changed by {step}", one
        yield "counted from 0", np.arange(value.size).reshape(value.shape).astype(value.dtype)
