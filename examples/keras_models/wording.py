"""Texts: classification, translation, generation. After https://keras.io/examples/nlp/"""

from __future__ import annotations

from typing import Any

WORDS, LENGTH = 30, 9


def bidirectional_lstm(keras: Any) -> Any:
    """Two LSTMs in both directions over texts of any length."""
    layers = keras.layers
    inputs = keras.Input(shape=(None,), dtype="int32")
    x = layers.Embedding(WORDS, 8)(inputs)
    x = layers.Bidirectional(layers.LSTM(5, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(5))(x)
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


def text_convnet(keras: Any) -> Any:
    """Convolutions over words."""
    layers = keras.layers
    inputs = keras.Input(shape=(LENGTH,), dtype="int64")
    x = layers.Dropout(0.5)(layers.Embedding(WORDS, 8)(inputs))
    x = layers.Conv1D(8, 3, padding="valid", activation="relu", strides=2)(x)
    x = layers.Conv1D(8, 3, padding="valid", activation="relu", strides=1)(x)
    x = layers.Dense(8, activation="relu")(layers.GlobalMaxPooling1D()(x))
    return keras.Model(
        inputs, layers.Dense(1, activation="sigmoid", name="predictions")(layers.Dropout(0.5)(x))
    )


def _embedding(keras: Any) -> Any:
    """The class of a layer that adds places to words."""
    layers, ops = keras.layers, keras.ops

    class TokenAndPositionEmbedding(layers.Layer):
        def __init__(self, length: int, words: int, width: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.tokens = layers.Embedding(input_dim=words, output_dim=width)
            self.places = layers.Embedding(input_dim=length, output_dim=width)

        def call(self, x: Any) -> Any:
            places = self.places(ops.arange(start=0, stop=ops.shape(x)[-1], step=1))
            return self.tokens(x) + places

    return TokenAndPositionEmbedding


def _block(keras: Any) -> Any:
    """The class of a transformer's block."""
    layers = keras.layers

    class TransformerBlock(layers.Layer):
        def __init__(self, width: int, heads: int, inner: int, causal: bool = False, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.causal = causal
            self.attention = layers.MultiHeadAttention(num_heads=heads, key_dim=width)
            self.dense = keras.Sequential([layers.Dense(inner, activation="relu"), layers.Dense(width)])
            self.norm1 = layers.LayerNormalization(epsilon=1e-6)
            self.norm2 = layers.LayerNormalization(epsilon=1e-6)
            self.dropout1, self.dropout2 = layers.Dropout(0.1), layers.Dropout(0.1)

        def call(self, inputs: Any) -> Any:
            seen = self.attention(inputs, inputs, use_causal_mask=self.causal)
            x = self.norm1(inputs + self.dropout1(seen))
            return self.norm2(x + self.dropout2(self.dense(x)))

    return TransformerBlock


def text_transformer(keras: Any) -> Any:
    """A block of attention over words, and a classifier."""
    layers = keras.layers
    inputs = layers.Input(shape=(LENGTH,), dtype="int32")
    x = _block(keras)(8, 2, 12)(_embedding(keras)(LENGTH, WORDS, 8)(inputs))
    x = layers.Dense(6, activation="relu")(layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x)))
    return keras.Model(inputs, layers.Dense(2, activation="softmax")(x))


def miniature_gpt(keras: Any) -> Any:
    """Words from the words before them."""
    layers = keras.layers
    inputs = layers.Input((LENGTH,), dtype="int32")
    x = _block(keras)(8, 2, 12, causal=True)(_embedding(keras)(LENGTH, WORDS, 8)(inputs))
    return keras.Model(inputs, [layers.Dense(WORDS)(x), x])


def named_entities(keras: Any) -> Any:
    """A label for each word: a subclassed model."""
    layers = keras.layers

    class NERModel(keras.Model):
        def __init__(self, labels: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.embedding = _embedding(keras)(LENGTH, WORDS, 8)
            self.block = _block(keras)(8, 2, 12)
            self.dropout1 = layers.Dropout(0.1)
            self.ff = layers.Dense(8, activation="relu")
            self.ff_final = layers.Dense(labels, activation="softmax")

        def call(self, inputs: Any, training: bool = False) -> Any:
            x = self.block(self.embedding(inputs))
            return self.ff_final(self.ff(self.dropout1(x, training=training)))

    return NERModel(5)


def seq2seq_lstm(keras: Any) -> Any:
    """The states of one LSTM are where another one begins."""
    layers = keras.layers
    source = keras.Input(shape=(None, 6))
    _, h, c = layers.LSTM(7, return_state=True)(source)
    target = keras.Input(shape=(None, 5))
    decoded, _, _ = layers.LSTM(7, return_sequences=True, return_state=True)(target, initial_state=[h, c])
    return keras.Model([source, target], layers.Dense(5, activation="softmax")(decoded))


def translation_transformer(keras: Any) -> Any:
    """An encoder, and a decoder that sees it and its own past."""
    layers = keras.layers
    embedding = _embedding(keras)
    source = keras.Input(shape=(LENGTH,), dtype="int64", name="encoder_inputs")
    encoded = _block(keras)(8, 2, 12)(embedding(LENGTH, WORDS, 8)(source))
    target = keras.Input(shape=(LENGTH,), dtype="int64", name="decoder_inputs")
    x = embedding(LENGTH, WORDS, 8)(target)
    own = layers.MultiHeadAttention(num_heads=2, key_dim=8)(query=x, value=x, key=x, use_causal_mask=True)
    x = layers.LayerNormalization()(x + own)
    seen = layers.MultiHeadAttention(num_heads=2, key_dim=8)(query=x, value=encoded, key=encoded)
    x = layers.LayerNormalization()(x + seen)
    x = layers.LayerNormalization()(x + layers.Dense(8)(layers.Dense(12, activation="relu")(x)))
    return keras.Model([source, target], layers.Dense(WORDS, activation="softmax")(layers.Dropout(0.5)(x)))


def fourier_net(keras: Any) -> Any:
    """Words mixed by a Fourier transform instead of attention."""
    layers, ops = keras.layers, keras.ops

    class FNetEncoder(layers.Layer):
        def __init__(self, width: int, inner: int, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.dense = keras.Sequential([layers.Dense(inner, activation="relu"), layers.Dense(width)])
            self.norm1, self.norm2 = layers.LayerNormalization(), layers.LayerNormalization()

        def call(self, inputs: Any) -> Any:
            real, _ = ops.fft2((inputs, ops.zeros_like(inputs)))
            x = self.norm1(inputs + real)
            return self.norm2(x + self.dense(x))

    inputs = keras.Input(shape=(8,), dtype="int64")
    x = FNetEncoder(4, 6)(layers.Embedding(WORDS, 4)(inputs))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(layers.GlobalAveragePooling1D()(x)))


def addition_rnn(keras: Any) -> Any:
    """A question is read, then its answer written, character by character."""
    layers = keras.layers
    model = keras.Sequential()
    model.add(layers.Input((7, 12)))
    model.add(layers.LSTM(10))
    model.add(layers.RepeatVector(4))
    model.add(layers.LSTM(10, return_sequences=True))
    model.add(layers.Dense(12, activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


def masked_reader(keras: Any) -> Any:
    """Padding is left out by masks on their way through layers."""
    layers = keras.layers
    inputs = keras.Input(shape=(LENGTH,), dtype="int32")
    x = layers.Embedding(input_dim=WORDS, output_dim=6, mask_zero=True)(inputs)
    x = layers.GRU(5, return_sequences=True)(x)
    return keras.Model(inputs, layers.Dense(3)(layers.LSTM(4)(x)))


MODELS = {
    make.__name__: make
    for make in (
        bidirectional_lstm,
        text_convnet,
        text_transformer,
        miniature_gpt,
        named_entities,
        seq2seq_lstm,
        translation_transformer,
        fourier_net,
        addition_rnn,
        masked_reader,
    )
}
# What models with open sizes are fed: their shapes without the batch, and the type where there is no Input.
SHAPES = {
    "bidirectional_lstm": [(LENGTH,)],
    "seq2seq_lstm": [(6, 6), (5, 5)],
    "named_entities": [(LENGTH,)],
}
WHOLE = {"named_entities"}  # fed with whole numbers
