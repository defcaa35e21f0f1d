"""irkit's main job: define a model, look at it, save it, and run the one file in three runtimes, on real digits.

A small network is trained by scikit-learn on its bundled handwritten digits (8×8 pixels). Its weights go into three
irkit models, one in each style; the three give the same graph. One is saved, and the held-out digits run through the
numpy interpreter, onnxruntime in Python, and the C++ runtime. Nothing is simulated: when a step fails, so does this.

    python examples/quickstart.py [--runtime build/cpp_runtime/irkit-run] [--folder quickstart_output]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import irkit as keras
from irkit.layers import Dense, Flatten, Input, Rescaling


def sequential() -> keras.Model:
    """The network as a list of layers."""
    return keras.Sequential(
        [
            Input((8, 8), name="image"),
            Rescaling(1 / 16, name="rescaling"),
            Flatten(name="flatten"),
            Dense(64, activation="relu", name="hidden"),
            Dense(10, activation="softmax", name="digit"),
        ],
        name="digits",
    )


def functional() -> keras.Model:
    """The same network as a function of tensors."""
    image = Input((8, 8), name="image")
    x = Rescaling(1 / 16, name="rescaling")(image)
    x = Flatten(name="flatten")(x)
    x = Dense(64, activation="relu", name="hidden")(x)
    return keras.Model(image, Dense(10, activation="softmax", name="digit")(x), name="digits")


class Digits(keras.Model):
    """The same network as an ordinary Python class."""

    def __init__(self) -> None:
        super().__init__(name="digits")
        self.rescaling = Rescaling(1 / 16, name="rescaling")
        self.flatten = Flatten(name="flatten")
        self.hidden = Dense(64, activation="relu", name="hidden")
        self.digit = Dense(10, activation="softmax", name="digit")

    def call(self, image: keras.KerasTensor) -> keras.KerasTensor:
        """From images to the probabilities of the ten digits."""
        return self.digit(self.hidden(self.flatten(self.rescaling(image))))


def trained_weights(images: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    """Kernels and biases of scikit-learn's classifier, in the order in which Keras lists them."""
    classifier = MLPClassifier((64,), max_iter=1000, random_state=0)
    classifier.fit(images.reshape(len(images), -1) / 16, labels)
    pairs = zip(classifier.coefs_, classifier.intercepts_, strict=True)
    return [array for pair in pairs for array in pair]


def run_in_cpp(runtime: Path, file: Path, images: np.ndarray) -> np.ndarray:
    """What the C++ runtime computes from the file; no Python is involved in it."""
    given, made = file.with_name("images.npy"), file.with_name("probabilities.npy")
    np.save(given, images)
    subprocess.run([runtime, file, "--input", f"image={given}", "--output", made], check=True)
    return np.load(made)


def main() -> None:
    """Define, look, save, run."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--runtime", type=Path, default=Path("build/cpp_runtime/irkit-run"))
    options.add_argument("--folder", type=Path, default=Path("quickstart_output"))
    arguments = options.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)

    digits = load_digits()
    images = digits.images.astype(np.float32)
    train, test, train_labels, labels = train_test_split(
        images, digits.target, test_size=0.25, random_state=0
    )
    weights = trained_weights(train, train_labels)

    subclassed = Digits()
    subclassed(test[:1])  # a subclassed model knows the shape of its input when it has seen one
    models = [sequential(), functional(), subclassed]
    for model in models:
        model.set_weights(weights)
    models[0].summary()
    picture = arguments.folder / "digits.svg"
    keras.utils.plot_model(models[0], picture, show_shapes=True, show_layer_names=True)

    file = arguments.folder / "digits.irk"
    models[0].save(file, samples=test[:4])
    loaded = keras.load(file)
    print(f"saved {file} ({file.stat().st_size:,} bytes) and {picture}\n")

    results = {
        "interpreter, Sequential": models[0].predict(test, verbose=0, backend="interpreter"),
        "interpreter, Functional": models[1].predict(test, verbose=0, backend="interpreter"),
        "interpreter, subclassed": models[2].predict(test, verbose=0, backend="interpreter"),
        "onnxruntime, loaded file": loaded.predict(test, batch_size=len(test), backend="onnxruntime"),
        "C++ runtime, same file": run_in_cpp(arguments.runtime, file, test),
    }
    reference = results["interpreter, Sequential"]
    print(f"{len(test)} held-out digits        accuracy   largest difference")
    for name, probabilities in results.items():
        accuracy = np.mean(probabilities.argmax(axis=1) == labels)
        print(f"{name:27} {accuracy:8.2%}   {np.abs(probabilities - reference).max():.1e}")
        if not np.allclose(probabilities, reference, rtol=0, atol=1e-5):
            sys.exit(f"{name} differs from the interpreter")


if __name__ == "__main__":
    main()
