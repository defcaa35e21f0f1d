"""Models that make images. After https://keras.io/examples/generative/"""

from __future__ import annotations

import math
from typing import Any


def vae_encoder(keras: Any) -> Any:
    """From an image to the mean and variance of a code."""
    layers = keras.layers
    image = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(8, 3, activation="relu", strides=2, padding="same")(image)
    x = layers.Conv2D(8, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Dense(6, activation="relu")(layers.Flatten()(x))
    return keras.Model(
        image, [layers.Dense(2, name="z_mean")(x), layers.Dense(2, name="z_log_var")(x)], name="encoder"
    )


def vae_decoder(keras: Any) -> Any:
    """From a code to an image."""
    layers = keras.layers
    latent = keras.Input(shape=(2,))
    x = layers.Reshape((7, 7, 4))(layers.Dense(7 * 7 * 4, activation="relu")(latent))
    x = layers.Conv2DTranspose(8, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(4, 3, activation="relu", strides=2, padding="same")(x)
    return keras.Model(
        latent, layers.Conv2DTranspose(1, 3, activation="sigmoid", padding="same")(x), name="decoder"
    )


def dcgan_generator(keras: Any) -> Any:
    """From noise to an image."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input(shape=(10,)),
            layers.Dense(4 * 4 * 6),
            layers.Reshape((4, 4, 6)),
            layers.Conv2DTranspose(6, kernel_size=4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2DTranspose(8, kernel_size=4, strides=2, padding="same"),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Conv2D(3, kernel_size=5, padding="same", activation="sigmoid"),
        ],
        name="generator",
    )


def dcgan_discriminator(keras: Any) -> Any:
    """Whether an image is real."""
    layers = keras.layers
    model = keras.Sequential(name="discriminator")
    model.add(keras.Input(shape=(16, 16, 3)))
    for filters in (6, 8):
        model.add(layers.Conv2D(filters, kernel_size=4, strides=2, padding="same"))
        model.add(layers.LeakyReLU(negative_slope=0.2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.2))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def wgan_critic(keras: Any) -> Any:
    """Upsampling and batch normalization, with the margins cut off."""
    layers = keras.layers
    noise = layers.Input(shape=(8,))
    x = layers.LeakyReLU(0.2)(layers.BatchNormalization()(layers.Dense(4 * 4 * 6, use_bias=False)(noise)))
    x = layers.Reshape((4, 4, 6))(x)
    for filters in (6, 4):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(layers.UpSampling2D((2, 2))(x))
        x = layers.LeakyReLU(0.2)(layers.BatchNormalization()(x))
    x = layers.Activation("tanh")(layers.Conv2D(1, 3, padding="same")(x))
    return keras.models.Model(noise, layers.Cropping2D((2, 2))(x), name="generator")


def cycle_gan(keras: Any) -> Any:
    """From image to image, with reflected margins and normalization of groups."""
    layers, ops = keras.layers, keras.ops

    class ReflectionPadding2D(layers.Layer):
        def __init__(self, padding: tuple[int, int] = (1, 1), **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.padding = padding

        def call(self, x: Any) -> Any:
            width, height = self.padding
            return ops.pad(x, [[0, 0], [height, height], [width, width], [0, 0]], mode="REFLECT".lower())

    gamma = keras.initializers.RandomNormal(mean=0.0, stddev=0.02)
    image = layers.Input(shape=(16, 16, 3))
    x = layers.Conv2D(6, (7, 7), use_bias=False)(ReflectionPadding2D((3, 3))(image))
    x = layers.Activation("relu")(layers.GroupNormalization(groups=1, gamma_initializer=gamma)(x))
    x = layers.Conv2D(8, (3, 3), strides=(2, 2), padding="same", use_bias=False)(x)
    x = before = layers.Activation("relu")(layers.GroupNormalization(groups=1)(x))
    x = layers.GroupNormalization(groups=1)(
        layers.Conv2D(8, (3, 3), use_bias=False)(ReflectionPadding2D()(x))
    )
    x = layers.add([before, x])
    x = layers.Conv2DTranspose(6, (3, 3), strides=(2, 2), padding="same", use_bias=False)(x)
    x = layers.Activation("relu")(layers.GroupNormalization(groups=1)(x))
    x = layers.Conv2D(3, (7, 7), padding="valid")(ReflectionPadding2D((3, 3))(x))
    return keras.models.Model(image, layers.Activation("tanh")(x), name="cycle_gan")


def diffusion_unet(keras: Any) -> Any:
    """A network that removes noise, told how much there is."""
    layers, ops = keras.layers, keras.ops

    @keras.saving.register_keras_serializable()
    def sinusoidal(x: Any) -> Any:
        frequencies = ops.exp(ops.linspace(ops.log(1.0), ops.log(1000.0), 4))
        angles = ops.cast(2.0 * math.pi * frequencies, "float32")
        return ops.concatenate([ops.sin(angles * x), ops.cos(angles * x)], axis=3)

    def residual(x: Any, width: int) -> Any:
        short = x if x.shape[3] == width else layers.Conv2D(width, kernel_size=1)(x)
        x = layers.BatchNormalization(center=False, scale=False)(x)
        x = layers.Conv2D(width, kernel_size=3, padding="same", activation="swish")(x)
        return layers.Add()([layers.Conv2D(width, kernel_size=3, padding="same")(x), short])

    noisy, variance = keras.Input(shape=(16, 16, 3)), keras.Input(shape=(1, 1, 1))
    told = layers.UpSampling2D(size=16, interpolation="nearest")(
        layers.Lambda(sinusoidal, output_shape=(1, 1, 8))(variance)
    )
    x = residual(layers.Concatenate()([layers.Conv2D(8, kernel_size=1)(noisy), told]), 8)
    down = residual(layers.AveragePooling2D(pool_size=2)(x), 12)
    up = layers.UpSampling2D(size=2, interpolation="bilinear")(down)
    x = residual(layers.Concatenate()([up, x]), 8)
    return keras.Model([noisy, variance], layers.Conv2D(3, kernel_size=1, kernel_initializer="zeros")(x))


def pixel_cnn(keras: Any) -> Any:
    """Convolutions that see only the pixels before."""
    layers = keras.layers

    class PixelConvLayer(layers.Layer):
        def __init__(self, kind: str, **kwargs: Any) -> None:
            super().__init__()
            self.kind = kind
            self.conv = layers.Conv2D(**kwargs)

        def build(self, input_shape: Any) -> None:
            self.conv.build(input_shape)
            shape = tuple(self.conv.kernel.shape)
            mask = [[1.0 if r < shape[0] // 2 else 0.0 for _ in range(shape[1])] for r in range(shape[0])]
            for column in range(shape[1] // 2 + (self.kind == "B")):
                mask[shape[0] // 2][column] = 1.0
            self.mask = keras.ops.reshape(keras.ops.convert_to_tensor(mask), (*shape[:2], 1, 1))

        def call(self, inputs: Any) -> Any:
            kept = self.conv.kernel * self.mask
            found = keras.ops.conv(inputs, kept, padding="same")
            return keras.activations.relu(found + self.conv.bias)

    inputs = keras.Input(shape=(12, 12, 1))
    x = PixelConvLayer("A", filters=6, kernel_size=7, padding="same")(inputs)
    for _ in range(2):
        y = layers.Conv2D(filters=6, kernel_size=1, activation="relu")(x)
        y = PixelConvLayer("B", filters=3, kernel_size=3, padding="same")(y)
        x = layers.add([x, layers.Conv2D(filters=6, kernel_size=1, activation="relu")(y)])
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid", padding="valid")(x))


MODELS = {
    make.__name__: make
    for make in (
        vae_encoder,
        vae_decoder,
        dcgan_generator,
        dcgan_discriminator,
        wgan_critic,
        cycle_gan,
        diffusion_unet,
        pixel_cnn,
    )
}
SHAPES: dict[str, Any] = {}
