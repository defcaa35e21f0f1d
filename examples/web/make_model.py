"""Save the example's model: python make_model.py [model.irk]

A small convolutional network with samples, and the ONNX section that web pages read.
"""

from __future__ import annotations

import sys

import numpy as np

import irkit as keras

keras.utils.set_random_seed(0)
model = keras.Sequential(
    [
        keras.Input((28, 28, 1), name="image"),
        keras.layers.Conv2D(8, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
path = sys.argv[1] if len(sys.argv) > 1 else "model.irk"
images = np.random.default_rng(0).random((3, 28, 28, 1), dtype=np.float32)
model.save(path, samples=images, onnx=True)
