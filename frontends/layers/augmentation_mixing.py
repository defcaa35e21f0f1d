"""Mixtures of images or of augmentations in training; at inference, Keras's layers and these hand the images on.

Pipeline runs its layers, whatever they are; MaxNumBoundingBoxes changes boxes always.
Keras: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import whole
from irkit.frontends.layers.augmenting import Augmentation, Factor
from irkit.frontends.layers.inner import inner_layer
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["AugMix", "CutMix", "MaxNumBoundingBoxes", "MixUp", "Pipeline", "RandAugment"]


@layer
class AugMix(Augmentation):
    """In training a mixture of chains of augmentations. Hendrycks et al. 2020"""

    value_range: Sequence[float] = (0, 255)
    num_chains: int = 3
    chain_depth: int = 3
    factor: Factor = 0.3
    alpha: float = 1.0
    all_ops: bool = True
    interpolation: str = "bilinear"
    seed: int | None = None
    data_format: str | None = None
    bounds = (0, 1)


@layer
class CutMix(Augmentation):
    """In training a rectangle of each image comes from another one. Yun et al. 2019"""

    factor: Factor = 1.0
    seed: int | None = None
    data_format: str | None = None
    bounds = (0, 1)


@layer
class MixUp(Augmentation):
    """In training weighted means of two images and of their labels. Zhang et al. 2018"""

    alpha: float = 0.2
    data_format: str | None = None
    seed: int | None = None
    casts = False


@layer
class RandAugment(Augmentation):
    """In training some augmentations out of many. Cubuk et al. 2019"""

    value_range: Sequence[float] = (0, 255)
    num_ops: int = 2
    factor: Factor = 0.5
    interpolation: str = "bilinear"
    seed: int | None = None
    data_format: str | None = None
    bounds = (0, 1)


@layer
class MaxNumBoundingBoxes(Augmentation):
    """Boxes and their labels cut, or filled up with `fill_value`, to the same number for each image."""

    max_number: int
    fill_value: int = -1
    data_format: str | None = None
    casts = False

    def setup(self) -> None:
        super().setup()
        self.max_number = whole("max_number", self.max_number)

    def call(self, data: Any, training: bool = False) -> Any:  # images, or a dict with them
        if not isinstance(data, Mapping) or "bounding_boxes" not in data:
            return data
        found = {k: self._filled(v) for k, v in data["bounding_boxes"].items()}
        return {**data, "bounding_boxes": found}

    def _filled(self, x: Tensor) -> Tensor:
        """(batch, n, …) → (batch, max_number, …)"""
        margins = [[0, 0], [0, self.max_number], *[[0, 0]] * (x.ndim - 2)]
        return ops.pad(x, margins, constant_values=self.fill_value)[:, : self.max_number]


@layer
class Pipeline(Layer):
    """Layers one after the other, told whether a model is trained."""

    layers: Sequence[Any]

    def setup(self) -> None:
        self.layers = [inner_layer(x) for x in self.layers]

    def call(self, inputs: Any, training: bool = False) -> Any:  # as the first layer's
        for inner in self.layers:
            inputs = inner(inputs, training=training)
        return inputs
