"""LeNet, ResNet and an Inception block: convolutions, with Python loops over blocks and Python flags."""

from __future__ import annotations

import numpy as np

import irkit
from examples.janus import Case
from irkit import layers, ops


class LeNet(irkit.Model):
    """LeNet-5 on 28×28 digits."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = [layers.Conv2D(n, 5, padding="same", activation="tanh") for n in (6, 16)]
        self.pool = layers.AveragePooling2D(2)
        self.dense = [layers.Dense(n, activation="tanh") for n in (120, 84)]
        self.head = layers.Dense(10)

    def call(self, x, probabilities: bool = True):
        for convolution in self.convolutions:
            x = self.pool(convolution(x))
        x = ops.reshape(x, (x.shape[0], -1))
        for dense in self.dense:
            x = dense(x)
        x = self.head(x)
        return ops.softmax(x) if probabilities else x


class Bottleneck(irkit.Layer):
    """ResNet's block: 1×1, 3×3, 1×1, and the way around."""

    def __init__(self, channels: int, stride: int, project: bool) -> None:
        super().__init__()
        sizes = ((channels, 1, 1), (channels, 3, stride), (4 * channels, 1, 1))
        self.convolutions = [
            layers.Conv2D(c, k, strides=s, padding="same", use_bias=False) for c, k, s in sizes
        ]
        self.norms = [layers.BatchNormalization() for _ in sizes]
        self.around = layers.Conv2D(4 * channels, 1, strides=stride) if project else None

    def call(self, x):
        y = x
        for i, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            y = norm(convolution(y))
            if i < 2:
                y = ops.relu(y)
        if self.around is not None:
            x = self.around(x)
        return ops.relu(x + y)


class ResNet(irkit.Model):
    """ResNet50 when `blocks` is (3, 4, 6, 3)."""

    def __init__(self, blocks: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.stem, self.norm = layers.Conv2D(width, 7, strides=2, padding="same"), layers.BatchNormalization()
        self.pool = layers.MaxPooling2D(3, 2, padding="same")
        self.blocks = []
        for stage, count in enumerate(blocks):
            for i in range(count):
                stride = 2 if i == 0 and stage > 0 else 1
                self.blocks.append(Bottleneck(width << stage, stride, project=i == 0))
        self.head = layers.Dense(10)

    def call(self, x, training: bool = False):
        x = self.pool(ops.relu(self.norm(self.stem(x))))
        for block in self.blocks:
            x = block(x)
        x = ops.mean(x, axis=(1, 2))
        if training:
            x = ops.dropout(x, 0.5)
        return self.head(x)


class Inception(irkit.Layer):
    """Inception's block: four ways side by side, each a list of convolutions."""

    def __init__(self) -> None:
        super().__init__()
        ways = [[(16, 1)], [(16, 1), (24, 3)], [(8, 1), (16, 3), (16, 3)], [(16, 1)]]
        self.ways = [[layers.Conv2D(c, k, padding="same", activation="relu") for c, k in way] for way in ways]
        self.pool = layers.AveragePooling2D(3, 1, padding="same")

    def call(self, x):
        made = []
        for number, way in enumerate(self.ways):
            y = self.pool(x) if number == len(self.ways) - 1 else x
            for convolution in way:
                y = convolution(y)
            made.append(y)
        return ops.concatenate(made, axis=-1)


def images(count: int, size: int, channels: int, seed: int = 0) -> np.ndarray:
    """Images of noise."""
    return np.random.default_rng(seed).standard_normal((count, size, size, channels)).astype(np.float32)


def cases() -> list[Case]:
    """Three programs on batches of different sizes."""
    batches = (1, 4, 2)
    digits = [(images(n, 28, 1, n),) for n in batches]
    small = [(images(n, 32, 3, n),) for n in batches]
    maps = [(images(n, 17, 8, n),) for n in batches]
    return [
        Case("LeNet", LeNet(), digits, (irkit.TensorSpec((None, 28, 28, 1)),)),
        Case("ResNet", ResNet((3, 4, 6, 3), 8), small, (irkit.TensorSpec((None, 32, 32, 3)),)),
        Case("Inception", Inception(), maps, (irkit.TensorSpec((None, 17, 17, 8)),)),
    ]
