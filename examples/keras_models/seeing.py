"""Images: classification, segmentation, restoration, points. After https://keras.io/examples/vision/"""

from __future__ import annotations

from typing import Any


def mnist_convnet(keras: Any) -> Any:
    """Two convolutions and a classifier."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(16, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def small_xception(keras: Any) -> Any:
    """Augmentation, rescaling, and separable convolutions with residuals, from raw pixels."""
    layers = keras.layers
    augment = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1)], name="augment")
    inputs = keras.Input((32, 32, 3))
    x = layers.Rescaling(1.0 / 255)(augment(inputs))
    x = layers.Conv2D(16, 3, strides=2, padding="same")(x)
    x = before = layers.Activation("relu")(layers.BatchNormalization()(x))
    for size in (24, 32):
        for _ in range(2):
            x = layers.Activation("relu")(x)
            x = layers.BatchNormalization()(layers.SeparableConv2D(size, 3, padding="same")(x))
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        x = before = layers.add([x, layers.Conv2D(size, 1, strides=2, padding="same")(before)])
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1)(layers.Dropout(0.25)(x)))


def vision_transformer(keras: Any) -> Any:
    """Patches of an image as a sequence, with attention between them."""
    layers, ops = keras.layers, keras.ops
    patch, count, width = 4, 16, 12

    class Patches(layers.Layer):
        def call(self, images: Any) -> Any:
            found = ops.image.extract_patches(images, size=patch)
            return ops.reshape(found, (-1, count, patch * patch * 3))

    class PatchEncoder(layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.projection = layers.Dense(width)
            self.position = layers.Embedding(input_dim=count, output_dim=width)

        def call(self, patches: Any) -> Any:
            places = ops.expand_dims(ops.arange(0, count, 1), axis=0)
            return self.projection(patches) + self.position(places)

    inputs = keras.Input((16, 16, 3))
    x = PatchEncoder()(Patches()(inputs))
    for _ in range(2):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        x = layers.Add()([layers.MultiHeadAttention(2, width, dropout=0.1)(y, y), x])
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        for units in (2 * width, width):
            y = layers.Dropout(0.1)(layers.Dense(units, activation=keras.activations.gelu)(y))
        x = layers.Add()([y, x])
    x = layers.Flatten()(layers.LayerNormalization(epsilon=1e-6)(x))
    return keras.Model(inputs, layers.Dense(10)(layers.Dense(20, activation="gelu")(x)))


def mlp_mixer(keras: Any) -> Any:
    """Dense layers along patches, then along channels."""
    layers, ops = keras.layers, keras.ops

    class Mixer(layers.Layer):
        def __init__(self, count: int, width: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.between = keras.Sequential([layers.Dense(count, activation="gelu"), layers.Dense(count)])
            self.within = keras.Sequential([layers.Dense(width, activation="gelu"), layers.Dense(width)])
            self.normalize = layers.LayerNormalization(epsilon=1e-6)

        def call(self, x: Any) -> Any:
            across = ops.transpose(self.normalize(x), axes=(0, 2, 1))
            x = x + ops.transpose(self.between(across), axes=(0, 2, 1))
            return x + self.within(self.normalize(x))

    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, kernel_size=4, strides=4)(inputs)
    x = layers.Reshape((16, 8))(x)
    for _ in range(2):
        x = Mixer(16, 8)(x)
    return keras.Model(inputs, layers.Dense(5)(layers.GlobalAveragePooling1D()(x)))


def conv_mixer(keras: Any) -> Any:
    """Depthwise and pointwise convolutions over patches."""
    layers = keras.layers
    inputs = keras.Input((16, 16, 3))
    x = layers.Conv2D(12, kernel_size=2, strides=2)(layers.Rescaling(scale=1.0 / 255)(inputs))
    x = layers.BatchNormalization()(layers.Activation("gelu")(x))
    for _ in range(3):
        before = x
        x = layers.DepthwiseConv2D(kernel_size=5, padding="same")(x)
        x = layers.Add()([layers.BatchNormalization()(layers.Activation("gelu")(x)), before])
        x = layers.BatchNormalization()(layers.Activation("gelu")(layers.Conv2D(12, kernel_size=1)(x)))
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(layers.GlobalAvgPool2D()(x)))


def compact_transformer(keras: Any) -> Any:
    """Convolutions as a tokenizer, a transformer, and a weighted mean over the sequence."""
    layers, ops = keras.layers, keras.ops

    class SequencePooling(layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.attention = layers.Dense(1)

        def call(self, x: Any) -> Any:
            weights = ops.transpose(ops.softmax(self.attention(x), axis=1), (0, 2, 1))
            return ops.squeeze(ops.matmul(weights, x), axis=-2)

    inputs = keras.Input((16, 16, 3))
    x = inputs
    for filters in (8, 16):
        x = layers.ZeroPadding2D(1)(
            layers.Conv2D(filters, 3, padding="valid", use_bias=False, activation="relu")(x)
        )
        x = layers.MaxPooling2D(3, 2, "same")(x)
    x = layers.Reshape((16, 16))(x)
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    x = layers.Add()([layers.MultiHeadAttention(num_heads=2, key_dim=16)(y, y), x])
    y = layers.LayerNormalization(epsilon=1e-5)(x)
    x = layers.Add()([layers.Dense(16)(layers.Dense(32, activation=keras.ops.gelu)(y)), x])
    return keras.Model(inputs, layers.Dense(7)(SequencePooling()(layers.LayerNormalization()(x))))


def pets_unet(keras: Any) -> Any:
    """Down with separable convolutions, up with transposed ones, a class for each pixel."""
    layers = keras.layers
    inputs = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same")(inputs)
    x = before = layers.Activation("relu")(layers.BatchNormalization()(x))
    for filters in (12, 16):
        for _ in range(2):
            x = layers.SeparableConv2D(filters, 3, padding="same")(layers.Activation("relu")(x))
            x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        x = before = layers.add([x, layers.Conv2D(filters, 1, strides=2, padding="same")(before)])
    for filters in (16, 12, 8):
        for _ in range(2):
            x = layers.Conv2DTranspose(filters, 3, padding="same")(layers.Activation("relu")(x))
            x = layers.BatchNormalization()(x)
        x = layers.UpSampling2D(2)(x)
        x = before = layers.add(
            [x, layers.Conv2D(filters, 1, padding="same")(layers.UpSampling2D(2)(before))]
        )
    return keras.Model(inputs, layers.Conv2D(3, 3, activation="softmax", padding="same")(x))


def deeplab(keras: Any) -> Any:
    """Dilated convolutions of several rates side by side, enlarged by interpolation."""
    layers = keras.layers

    def block(x: Any, filters: int = 8, size: int = 3, rate: int = 1) -> Any:
        x = layers.Conv2D(
            filters, size, dilation_rate=rate, padding="same", use_bias=False, kernel_initializer="he_normal"
        )(x)
        return layers.ReLU()(layers.BatchNormalization()(x))

    inputs = keras.Input((32, 32, 3))
    low = block(layers.MaxPooling2D()(inputs))
    deep = block(layers.MaxPooling2D(4)(low))
    pooled = layers.AveragePooling2D(pool_size=(4, 4))(deep)
    pooled = layers.UpSampling2D((4, 4), interpolation="bilinear")(block(pooled, size=1))
    x = layers.Concatenate(axis=-1)([pooled, *(block(deep, rate=r) for r in (1, 2, 3))])
    x = layers.UpSampling2D((4, 4), interpolation="bilinear")(block(x, size=1))
    x = block(layers.Concatenate(axis=-1)([x, block(low, 4, 1)]))
    x = layers.UpSampling2D((2, 2), interpolation="bilinear")(x)
    return keras.Model(inputs, layers.Conv2D(5, kernel_size=(1, 1), padding="same")(x))


def subpixel_superresolution(keras: Any) -> Any:
    """Channels rearranged into a larger image."""
    layers, ops = keras.layers, keras.ops

    class DepthToSpace(layers.Layer):
        def __init__(self, factor: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, x: Any) -> Any:
            _, height, width, depth = x.shape
            f = self.factor
            x = ops.reshape(x, (-1, height, width, f, f, depth // f**2))
            return ops.reshape(
                ops.transpose(x, (0, 1, 3, 2, 4, 5)), (-1, height * f, width * f, depth // f**2)
            )

    options = {"activation": "relu", "kernel_initializer": "orthogonal", "padding": "same"}
    inputs = keras.Input((12, 10, 1))
    x = layers.Conv2D(16, 5, **options)(inputs)
    x = layers.Conv2D(16, 3, **options)(x)
    return keras.Model(inputs, DepthToSpace(3)(layers.Conv2D(9, 3, **options)(x)))


def denoising_autoencoder(keras: Any) -> Any:
    """An image made small, and large again."""
    layers = keras.layers
    image = layers.Input(shape=(28, 28, 1))
    x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(image)
    x = layers.MaxPooling2D((2, 2), padding="same")(x)
    x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(x)
    x = layers.MaxPooling2D((2, 2), padding="same")(x)
    x = layers.Conv2DTranspose(8, (3, 3), strides=2, activation="relu", padding="same")(x)
    x = layers.Conv2DTranspose(8, (3, 3), strides=2, activation="relu", padding="same")(x)
    x = layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)
    autoencoder = keras.Model(image, x)
    autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
    return autoencoder


def scans_in_3d(keras: Any) -> Any:
    """Convolutions over volumes."""
    layers = keras.layers
    inputs = keras.Input((16, 16, 12, 1))
    x = inputs
    for filters in (4, 8):
        x = layers.Conv3D(filters=filters, kernel_size=3, activation="relu")(x)
        x = layers.BatchNormalization()(layers.MaxPool3D(pool_size=2)(x))
    x = layers.Dense(units=8, activation="relu")(layers.GlobalAveragePooling3D()(x))
    return keras.Model(
        inputs, layers.Dense(units=1, activation="sigmoid")(layers.Dropout(0.3)(x)), name="cnn3d"
    )


def siamese(keras: Any) -> Any:
    """One network for two images, and the distance between what it makes of them."""
    layers, ops = keras.layers, keras.ops
    image = keras.Input((14, 14, 1))
    x = layers.BatchNormalization()(image)
    x = layers.AveragePooling2D(pool_size=(2, 2))(layers.Conv2D(4, (5, 5), activation="tanh")(x))
    embedding = keras.Model(image, layers.Dense(5, activation="tanh")(layers.Flatten()(x)))

    def distance(pair: Any) -> Any:
        squares = ops.sum(ops.square(pair[0] - pair[1]), axis=1, keepdims=True)
        return ops.sqrt(ops.maximum(squares, keras.backend.epsilon()))

    left, right = keras.Input((14, 14, 1)), keras.Input((14, 14, 1))
    merged = layers.Lambda(distance, output_shape=(1,))([embedding(left), embedding(right)])
    merged = layers.BatchNormalization()(merged)
    return keras.Model(inputs=[left, right], outputs=layers.Dense(1, activation="sigmoid")(merged))


def captcha_reader(keras: Any) -> Any:
    """Columns of an image as a sequence for two LSTMs."""
    layers = keras.layers
    image = layers.Input(shape=(40, 12, 1), name="image")
    x = layers.Conv2D(
        4, (3, 3), activation="relu", kernel_initializer="he_normal", padding="same", name="c1"
    )(image)
    x = layers.MaxPooling2D((2, 2), name="pool1")(x)
    x = layers.Conv2D(6, (3, 3), activation="relu", padding="same", name="c2")(x)
    x = layers.MaxPooling2D((2, 2), name="pool2")(x)
    x = layers.Reshape(target_shape=(10, 18), name="reshape")(x)
    x = layers.Dropout(0.2)(layers.Dense(8, activation="relu", name="dense1")(x))
    x = layers.Bidirectional(layers.LSTM(8, return_sequences=True, dropout=0.25))(x)
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True, dropout=0.25))(x)
    return keras.Model(image, layers.Dense(20, activation="softmax", name="dense2")(x), name="ocr_model_v1")


def light_enhancement(keras: Any) -> Any:
    """Curves for each pixel, estimated by a network and applied several times."""
    layers, ops = keras.layers, keras.ops
    image = keras.Input(shape=[None, None, 3])
    conv = {"strides": (1, 1), "activation": "relu", "padding": "same"}
    one = layers.Conv2D(6, (3, 3), **conv)(image)
    two = layers.Conv2D(6, (3, 3), **conv)(one)
    three = layers.Conv2D(6, (3, 3), **conv)(layers.Concatenate(axis=-1)([two, one]))
    curves = layers.Conv2D(6, (3, 3), strides=(1, 1), activation="tanh", padding="same")(three)
    x = image
    for curve in ops.split(curves, 2, axis=-1):
        x = x + curve * (ops.square(x) - x)
    return keras.Model(image, x)


def mobile_vit(keras: Any) -> Any:
    """Convolutions around a transformer over the pixels of patches."""
    layers = keras.layers
    inputs = keras.Input((16, 16, 3))
    local = layers.Conv2D(8, 3, padding="same", strides=2, activation=keras.activations.swish)(inputs)
    x = layers.Conv2D(6, 1, padding="same", activation="swish")(local)
    x = layers.Reshape((4, 16, 6))(x)
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    x = layers.Add()([layers.MultiHeadAttention(num_heads=2, key_dim=6)(y, y), x])
    x = layers.Conv2D(8, 1, padding="same", activation="swish")(layers.Reshape((8, 8, 6))(x))
    x = layers.Conv2D(8, 3, padding="same", activation="swish")(layers.Concatenate(axis=-1)([local, x]))
    return keras.Model(inputs, layers.Dense(4, activation="softmax")(layers.GlobalAvgPool2D()(x)))


def point_net(keras: Any) -> Any:
    """Points of a cloud, turned by a matrix that a network estimates from them."""
    layers = keras.layers

    def block(x: Any, filters: int, kind: str = "Conv1D") -> Any:
        made = (
            layers.Conv1D(filters, kernel_size=1, padding="valid")
            if kind == "Conv1D"
            else layers.Dense(filters)
        )
        return layers.Activation("relu")(layers.BatchNormalization(momentum=0.0)(made(x)))

    inputs = keras.Input(shape=(20, 3))
    x = layers.GlobalMaxPooling1D()(block(inputs, 8))
    turn = layers.Dense(9, kernel_initializer="zeros", bias_initializer="ones")(block(x, 6, "Dense"))
    x = layers.Dot(axes=(2, 1))([inputs, layers.Reshape((3, 3))(turn)])
    x = layers.GlobalMaxPooling1D()(block(block(x, 8), 12))
    return keras.Model(
        inputs, layers.Dense(4, activation="softmax")(layers.Dropout(0.3)(block(x, 8, "Dense")))
    )


MODELS = {
    make.__name__: make
    for make in (
        mnist_convnet,
        small_xception,
        vision_transformer,
        mlp_mixer,
        conv_mixer,
        compact_transformer,
        pets_unet,
        deeplab,
        subpixel_superresolution,
        denoising_autoencoder,
        scans_in_3d,
        siamese,
        captcha_reader,
        light_enhancement,
        mobile_vit,
        point_net,
    )
}
# What models with open sizes are fed: their shapes without the batch.
SHAPES = {"light_enhancement": [(12, 10, 3)]}
