"""Tables, time series, sounds, several inputs. After https://keras.io/examples/ and https://keras.io/guides/"""

from __future__ import annotations

from typing import Any


def features_of_a_table(keras: Any) -> Any:
    """Numbers normalized, categories as rows of zeros and ones, side by side."""
    layers = keras.layers
    age, kind = keras.Input((1,), name="age"), keras.Input((1,), name="kind", dtype="int32")
    encoded = [
        layers.Normalization(mean=40.0, variance=100.0)(age),
        layers.CategoryEncoding(num_tokens=4, output_mode="one_hot")(kind),
    ]
    x = layers.Dense(8, activation="relu")(layers.concatenate(encoded))
    return keras.Model([age, kind], layers.Dense(1, activation="sigmoid")(layers.Dropout(0.5)(x)))


def gated_residual_network(keras: Any) -> Any:
    """Layers that decide how much of themselves is used."""
    layers = keras.layers

    class GatedLinearUnit(layers.Layer):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.linear = layers.Dense(units)
            self.sigmoid = layers.Dense(units, activation="sigmoid")

        def call(self, inputs: Any) -> Any:
            return self.linear(inputs) * self.sigmoid(inputs)

    class GatedResidualNetwork(layers.Layer):
        def __init__(self, units: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.elu_dense = layers.Dense(units, activation="elu")
            self.linear_dense = layers.Dense(units)
            self.dropout = layers.Dropout(0.1)
            self.gate = GatedLinearUnit(units)
            self.norm = layers.LayerNormalization()
            self.project = layers.Dense(units)

        def call(self, inputs: Any) -> Any:
            x = self.dropout(self.linear_dense(self.elu_dense(inputs)))
            return self.norm(self.project(inputs) + self.gate(x))

    inputs = keras.Input((6,))
    x = GatedResidualNetwork(5)(GatedResidualNetwork(8)(inputs))
    return keras.Model(inputs, layers.Dense(units=1, activation="sigmoid")(x))


def wide_and_deep(keras: Any) -> Any:
    """Features used as they are, and through layers."""
    layers = keras.layers
    inputs = {name: keras.Input((3,), name=name) for name in ("first", "second")}
    wide = layers.BatchNormalization()(layers.concatenate(list(inputs.values())))
    deep = wide
    for units in (8, 6):
        deep = layers.Dropout(0.1)(layers.ReLU()(layers.BatchNormalization()(layers.Dense(units)(deep))))
    return keras.Model(inputs, layers.Dense(units=2, activation="softmax")(layers.concatenate([wide, deep])))


def series_convnet(keras: Any) -> Any:
    """Time series by convolutions alone."""
    layers = keras.layers
    inputs = x = layers.Input((30, 1))
    for _ in range(3):
        x = layers.Conv1D(filters=8, kernel_size=3, padding="same")(x)
        x = layers.ReLU()(layers.BatchNormalization()(x))
    return keras.models.Model(
        inputs, layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling1D()(x))
    )


def series_transformer(keras: Any) -> Any:
    """Time series by attention between times."""
    layers = keras.layers
    inputs = x = keras.Input(shape=(20, 2))
    for _ in range(2):
        y = layers.MultiHeadAttention(key_dim=4, num_heads=2, dropout=0.1)(x, x)
        before = layers.LayerNormalization(epsilon=1e-6)(layers.Dropout(0.1)(y)) + x
        y = layers.Conv1D(filters=4, kernel_size=1, activation="relu")(before)
        y = layers.Conv1D(filters=2, kernel_size=1)(layers.Dropout(0.1)(y))
        x = layers.LayerNormalization(epsilon=1e-6)(y) + before
    x = layers.GlobalAveragePooling1D(data_format="channels_last")(x)
    return keras.Model(inputs, layers.Dense(3, activation="softmax")(layers.Dense(8, activation="relu")(x)))


def anomaly_autoencoder(keras: Any) -> Any:
    """A time series made short, and long again."""
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input(shape=(24, 1)),
            layers.Conv1D(filters=8, kernel_size=7, padding="same", strides=2, activation="relu"),
            layers.Dropout(rate=0.2),
            layers.Conv1D(filters=4, kernel_size=7, padding="same", strides=2, activation="relu"),
            layers.Conv1DTranspose(filters=4, kernel_size=7, padding="same", strides=2, activation="relu"),
            layers.Dropout(rate=0.2),
            layers.Conv1DTranspose(filters=8, kernel_size=7, padding="same", strides=2, activation="relu"),
            layers.Conv1DTranspose(filters=1, kernel_size=7, padding="same"),
        ]
    )


def recommender(keras: Any) -> Any:
    """Users and films as vectors: a subclassed model."""
    layers, ops = keras.layers, keras.ops

    class RecommenderNet(keras.Model):
        def __init__(self, users: int, films: int, width: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.user_embedding = layers.Embedding(
                users,
                width,
                embeddings_initializer="he_normal",
                embeddings_regularizer=keras.regularizers.l2(1e-6),
            )
            self.user_bias = layers.Embedding(users, 1)
            self.film_embedding = layers.Embedding(films, width, embeddings_initializer="he_normal")
            self.film_bias = layers.Embedding(films, 1)

        def call(self, inputs: Any) -> Any:
            user, film = self.user_embedding(inputs[:, 0]), self.film_embedding(inputs[:, 1])
            dot = ops.sum(user * film, axis=1, keepdims=True)
            return ops.sigmoid(dot + self.user_bias(inputs[:, 0]) + self.film_bias(inputs[:, 1]))

    return RecommenderNet(9, 9, 4)


def next_frame(keras: Any) -> Any:
    """The next image of a film."""
    layers = keras.layers
    inputs = layers.Input(shape=(4, 10, 8, 1))
    x = layers.ConvLSTM2D(4, kernel_size=(5, 5), padding="same", return_sequences=True, activation="relu")(
        inputs
    )
    x = layers.BatchNormalization()(x)
    x = layers.ConvLSTM2D(4, kernel_size=(3, 3), padding="same", return_sequences=True, activation="relu")(x)
    return keras.models.Model(
        inputs, layers.Conv3D(1, kernel_size=(3, 3, 3), activation="sigmoid", padding="same")(x)
    )


def speaker_recognition(keras: Any) -> Any:
    """Residual blocks over the frequencies of a sound."""
    layers = keras.layers

    def residual(x: Any, filters: int, count: int) -> Any:
        short = layers.Conv1D(filters, 1, padding="same")(x)
        for _ in range(count - 1):
            x = layers.Activation("relu")(layers.Conv1D(filters, 3, padding="same")(x))
        x = layers.Add()([layers.Conv1D(filters, 3, padding="same")(x), short])
        return layers.MaxPool1D(pool_size=2, strides=2)(layers.Activation("relu")(x))

    inputs = layers.Input(shape=(40, 1), name="input")
    x = residual(residual(inputs, 4, 2), 6, 3)
    x = layers.Flatten()(layers.AveragePooling1D(pool_size=3, strides=3)(x))
    return keras.models.Model(inputs, layers.Dense(5, activation="softmax", name="output")(x))


def tickets(keras: Any) -> Any:
    """Three inputs, two outputs, as in the guide to the functional API."""
    layers = keras.layers
    title = keras.Input(shape=(None,), name="title", dtype="int32")
    body = keras.Input(shape=(None,), name="body", dtype="int32")
    tags = keras.Input(shape=(12,), name="tags")
    read = [
        layers.LSTM(8)(layers.Embedding(20, 6)(title)),
        layers.LSTM(4)(layers.Embedding(20, 6)(body)),
    ]
    x = layers.concatenate([*read, tags])
    outputs = {
        "priority": layers.Dense(1, name="priority")(x),
        "department": layers.Dense(4, name="department")(x),
    }
    return keras.Model(inputs=[title, body, tags], outputs=outputs)


def toy_resnet(keras: Any) -> Any:
    """Residual connections, as in the guide to the functional API."""
    layers = keras.layers
    inputs = keras.Input(shape=(32, 32, 3), name="img")
    x = layers.Conv2D(8, 3, activation="relu")(layers.Conv2D(4, 3, activation="relu")(inputs))
    one = layers.MaxPooling2D(3)(x)
    x = layers.Conv2D(8, 3, activation="relu", padding="same")(one)
    two = layers.add([layers.Conv2D(8, 3, activation="relu", padding="same")(x), one])
    x = layers.Conv2D(8, 3, activation="relu")(two)
    x = layers.Dense(16, activation="relu")(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(10)(layers.Dropout(0.5)(x)), name="toy_resnet")


def own_layers(keras: Any) -> Any:
    """Weights made by hand, as in the guide to writing layers."""
    layers, ops = keras.layers, keras.ops

    class Linear(layers.Layer):
        def __init__(self, units: int = 4, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.units = units

        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal")
            self.b = self.add_weight(shape=(self.units,), initializer="zeros")

        def call(self, inputs: Any) -> Any:
            return ops.matmul(inputs, self.w) + self.b

    class MLPBlock(layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.inner = [Linear(6), Linear(5), Linear(1)]

        def call(self, inputs: Any) -> Any:
            x = keras.activations.relu(self.inner[0](inputs))
            return self.inner[2](keras.activations.relu(self.inner[1](x)))

    inputs = keras.Input((7,))
    return keras.Model(inputs, MLPBlock()(inputs))


MODELS = {
    make.__name__: make
    for make in (
        features_of_a_table,
        gated_residual_network,
        wide_and_deep,
        series_convnet,
        series_transformer,
        anomaly_autoencoder,
        recommender,
        next_frame,
        speaker_recognition,
        tickets,
        toy_resnet,
        own_layers,
    )
}
SHAPES = {"tickets": [(6,), (8,), (12,)], "recommender": [(2,)]}
WHOLE = {"recommender"}
