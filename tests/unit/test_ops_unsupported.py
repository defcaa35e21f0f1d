"""What irkit.ops cannot do says why, and raises UnsupportedError, which is a NotImplementedError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from irkit import ops
from irkit.errors import UnsupportedError

X = np.eye(3, dtype="float32")
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "eig": (lambda: ops.eig(X), "complex"),
    "polar": (lambda: ops.polar(X, X), "complex numbers"),
    "view_as_complex": (lambda: ops.view_as_complex(X), "complex numbers"),
    "view_as_real": (lambda: ops.view_as_real(X), "complex numbers"),
    "nextafter": (lambda: ops.nextafter(X, X), "bits of floats"),
    "jvp": (lambda: ops.jvp(ops.exp, (X,), (X,)), "forward mode"),
    "image.elastic_transform": (lambda: ops.image.elastic_transform(X[..., None]), "random"),
    "ctc_decode by beam search": (
        lambda: ops.ctc_decode(X[None], [3], strategy="beam_search"),
        "beam_search",
    ),
    "one_hot that is sparse": (lambda: ops.one_hot([1], 3, sparse=True), "sparse"),
    "bincount that is sparse": (lambda: ops.bincount([1], sparse=True), "sparse"),
    "a ragged tensor": (lambda: ops.convert_to_tensor(X, ragged=True), "ragged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_refused_with_its_reason(name: str) -> None:
    call, reason = REFUSED[name]
    with pytest.raises(UnsupportedError, match=reason):
        call()
    with pytest.raises(NotImplementedError):
        call()
