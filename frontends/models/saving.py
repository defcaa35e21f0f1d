"""Saving as functions, for those who prefer them to methods."""

from __future__ import annotations

import os
from typing import Any

from irkit import execution
from irkit.frontends.models.files import model_of, not_written, path_of
from irkit.frontends.models.model import Model


def save_model(
    model: Model, filepath: str | os.PathLike[str], overwrite: bool = True, **kwargs: Any
) -> None:  # as Model.save
    """`model.save(filepath, …)`."""
    model_of(model, Model, "save_model").save(filepath, overwrite, **kwargs)


def export_onnx(model: Model, filepath: str | os.PathLike[str]) -> None:
    """Write the model as an ONNX file, for programs that know nothing of irkit.

    Raises UnsupportedError where ONNX cannot say what the model does, OSError.
    """
    graph = model_of(model, Model, "export_onnx").graph_model
    path = path_of(filepath, "export_onnx")
    try:
        execution.export_onnx(graph, path)
    except OSError as error:
        raise not_written(error, path) from None
