"""Pictures of models, with Keras's arguments."""

from __future__ import annotations

import os
from typing import Any

from irkit import show
from irkit.frontends.models.model import Model


def plot_model(
    model: Model,
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    **_: Any,  # Keras accepts and ignores others
) -> None:
    """Draw the model to a .svg, .png, .pdf or .dot file. Needs ``pip install irkit[plot]`` for all but .dot.

    Args:
        model: of any style, also a loaded one.
        to_file: its ending decides the format.
        show_shapes: whether each box tells the shapes of its inputs and outputs.
        show_dtype: … the dtypes of its outputs.
        show_layer_names: … the layer's name, beside its class.
        show_layer_activations: … the layer's activation.
        show_trainable: … whether the layer is trained.
        rankdir: "TB" from top to bottom, "LR" from left to right.
        expand_nested: draw the inside of models within the model.
        dpi: resolution of a .png.

    Keras: https://keras.io/api/utils/model_plotting_utils/
    """
    show.plot(
        model.graph_model,
        os.fspath(to_file),
        show_shapes=show_shapes,
        show_dtype=show_dtype,
        show_layer_names=show_layer_names,
        rankdir=rankdir,
        expand_nested=expand_nested,
        dpi=dpi,
        show_layer_activations=show_layer_activations,
        show_trainable=show_trainable,
    )


def model_to_dot(model: Model, **options: Any) -> str:  # those of plot_model
    """The same picture as text in graphviz's language."""
    return show.dot(model.graph_model, **options)
