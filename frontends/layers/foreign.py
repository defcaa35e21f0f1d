"""Layers of Keras that irkit cannot have, each with the reason: asked for, they say it.

Keras: https://keras.io/api/layers/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from irkit.errors import UnsupportedError
from irkit.frontends.base.layer import Layer

__all__ = [
    "FlaxLayer",
    "HashedCrossing",
    "Hashing",
    "JaxLayer",
    "TFSMLayer",
    "TorchModuleWrapper",
]

_CODE = "it runs code of another library, which a model file cannot hold"
# Class → why not, and what to do instead.
REASONS: Mapping[str, tuple[str, str]] = {
    "FlaxLayer": (_CODE, "Write the layer with irkit.ops."),
    "HashedCrossing": (
        "it spreads pairs by FarmHash of TensorFlow's fingerprints, which ONNX has no operator for",
        "Join the features before, and use StringLookup with a vocabulary.",
    ),
    "Hashing": (
        "it spreads words by FarmHash or SipHash over their bytes, and ONNX's operators cannot see a string's bytes",
        "Use StringLookup or IntegerLookup with a vocabulary, or hash before the model.",
    ),
    "JaxLayer": (_CODE, "Write the layer with irkit.ops."),
    "TFSMLayer": (_CODE, "Export that model to ONNX, and read it with irkit.import_onnx."),
    "TorchModuleWrapper": (_CODE, "Export that module to ONNX, and read it with irkit.import_onnx."),
}


class Foreign(Layer):
    """Base: says why it is not there. Raises UnsupportedError."""

    def __init__(self, *_: Any, **__: Any) -> None:
        reason, cure = REASONS[type(self).__name__]
        raise UnsupportedError(f"irkit has no {type(self).__name__}: {reason}.", cure=cure)


class FlaxLayer(Foreign):
    """A module of Flax: refused."""


class HashedCrossing(Foreign):
    """Pairs of features by their hash: refused."""


class Hashing(Foreign):
    """Words by their hash: refused."""


class JaxLayer(Foreign):
    """A function of JAX: refused."""


class TFSMLayer(Foreign):
    """A SavedModel of TensorFlow: refused."""


class TorchModuleWrapper(Foreign):
    """A module of PyTorch: refused."""
