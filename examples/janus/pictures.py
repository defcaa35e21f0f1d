"""A GAN that draws until its critic is content, and pix2pix's U-Net."""

from __future__ import annotations

import numpy as np

import irkit
from examples.janus import Case
from examples.janus.images import images
from irkit import layers, ops


class Generator(irkit.Model):
    """Noise → a picture of 28×28, as in DCGAN."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.width = width
        self.start = layers.Dense(7 * 7 * 2 * width)
        self.ups = [
            layers.Conv2DTranspose(c, 5, strides=2, padding="same", use_bias=False) for c in (width, 1)
        ]
        self.norm = layers.BatchNormalization()

    def call(self, z):
        x = ops.reshape(self.start(z), (-1, 7, 7, 2 * self.width))
        for i, up in enumerate(self.ups):
            x = up(ops.leaky_relu(x))
            if i == 0:
                x = self.norm(x)
        return ops.tanh(x)


class Discriminator(irkit.Model):
    """A picture → how real it looks."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.downs = [layers.Conv2D(c, 5, strides=2, padding="same") for c in (width, 2 * width)]
        self.head = layers.Dense(1)

    def call(self, x):
        for down in self.downs:
            x = ops.leaky_relu(down(x), 0.3)
        return self.head(ops.reshape(x, (x.shape[0], -1)))


class GAN(irkit.Model):
    """Draws from one noise after the other; the first picture that the critic takes for real is kept, or the best."""

    def __init__(self) -> None:
        super().__init__()
        self.generator, self.discriminator = Generator(), Discriminator()

    def call(self, noises, enough):
        best, picture, tries = -1e9, ops.zeros((1, 28, 28, 1)), 0
        for z in noises:
            drawn = self.generator(z[None])
            score = self.discriminator(drawn)[0, 0]
            tries += 1
            if score > best:
                best, picture = score, drawn
            if score > enough:
                break
        return picture, best, tries


class UNet(irkit.Model):
    """pix2pix's generator: down to one point, up again, each step up seeing the step down of its size."""

    def __init__(self, depth: int = 5, width: int = 8) -> None:
        super().__init__()
        widths = [min(width << i, 8 * width) for i in range(depth)]
        self.downs = [layers.Conv2D(c, 4, strides=2, padding="same") for c in widths]
        self.ups = [layers.Conv2DTranspose(c, 4, strides=2, padding="same") for c in reversed(widths[:-1])]
        self.norms = [layers.BatchNormalization() for _ in self.ups]
        self.last = layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")

    def call(self, x, training: bool = False):
        skips = []
        for down in self.downs:
            x = ops.leaky_relu(down(x), 0.2)
            skips.append(x)
        skips.pop()
        for up, norm in zip(self.ups, self.norms, strict=True):
            x = norm(up(x), training=training)
            x = ops.concatenate([ops.relu(x), skips.pop()], axis=-1)
        return self.last(x)


def cases() -> list[Case]:
    """Noises, with demands that are met soon, late and never; pictures."""
    rng = np.random.default_rng(0)
    noises = rng.standard_normal((6, 32)).astype(np.float32)
    draws = [(noises, np.array(enough, np.float32)) for enough in (-1.0, 0.05, 1e6)]
    pictures = [(images(n, 32, 3, n),) for n in (1, 2, 1)]
    return [
        Case("GAN", GAN(), draws, (irkit.TensorSpec((None, 32)), irkit.TensorSpec(()))),
        Case("pix2pix", UNet(), pictures, (irkit.TensorSpec((None, 32, 32, 3)),)),
    ]
