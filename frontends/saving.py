"""Saving as functions, for those who prefer them to methods."""

from __future__ import annotations

import os
from typing import Any

from irkit import execution
from irkit.frontends.model import Model


def save_model(
    model: Model, filepath: str | os.PathLike[str], overwrite: bool = True, **kwargs: Any
) -> None:  # as Model.save
    """`model.save(filepath, …)`."""
    model.save(filepath, overwrite, **kwargs)


def export_onnx(model: Model, filepath: str | os.PathLike[str]) -> None:
    """Write the model as an ONNX file, for programs that know nothing of irkit.

    Raises UnsupportedError where ONNX cannot say what the model does, OSError.
    """
    execution.export_onnx(model.graph_model, os.fspath(filepath))
