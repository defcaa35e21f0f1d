"""Configurations of layers that prepare images and sounds, and of those that change images only in training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.conformance.keras_layer_cases import IMAGE, grid, in_both_formats
from tests.conformance.keras_layers import Case, Inner

PIXELS: dict[str, Any] = {"largest": 255.0}
PICTURE = (10, 9, 3)

# Arguments that a layer of random changes needs; at inference it hands images on.
AUGMENTATIONS: dict[str, dict[str, Any]] = {
    "AugMix": {},
    "CutMix": {"factor": 0.5},
    "MixUp": {"alpha": 0.3},
    "RandAugment": {"num_ops": 1},
    "RandomBrightness": {"factor": 0.2},
    "RandomColorDegeneration": {"factor": (0.1, 0.4)},
    "RandomColorJitter": {"value_range": (0, 1)},
    "RandomContrast": {"factor": 0.2},
    "RandomElasticTransform": {"scale": 0.5},
    "RandomErasing": {"factor": 0.4},
    "RandomFlip": {"mode": "horizontal"},
    "RandomGaussianBlur": {"kernel_size": 5, "sigma": 0.5},
    "RandomHue": {"factor": 0.1},
    "RandomInvert": {"factor": 0.2},
    "RandomPerspective": {"scale": 0.3},
    "RandomPosterization": {"factor": 4},
    "RandomRotation": {"factor": (-0.1, 0.3)},
    "RandomSaturation": {"factor": 0.3},
    "RandomSharpness": {"factor": 0.3},
    "RandomShear": {"x_factor": 0.1, "y_factor": (0.2, 0.3)},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": (-0.1, 0.2)},
    "RandomZoom": {"height_factor": 0.2},
    "Solarization": {"addition_factor": 0.2, "value_range": (0, 1)},
}


def augmentations() -> Iterator[Case]:
    for cls, arguments in AUGMENTATIONS.items():
        for data_format, shape in (("channels_last", PICTURE), ("channels_first", (3, 10, 9))):
            yield Case(cls, {**arguments, "data_format": data_format}, (shape,), **PIXELS)
    yield from grid("AutoContrast", PICTURE, {"value_range": [(0, 255), (0, 300)]}, **PIXELS)
    options: dict[str, list[Any]] = {"clip_limit": [4.0, 0], "tile_grid_size": [(2, 3), (3, 2)]}
    yield from grid("ContrastLimitedAdaptiveHistogramEqualization", (12, 9, 3), options, **PIXELS)


def sounds() -> Iterator[Case]:
    modes = ["log", "magnitude", "psd", "real", "imag", "stft"]
    short: dict[str, list[Any]] = {"frame_length": [16], "expand_dims": [False, True]}
    yield from grid("STFTSpectrogram", (50, 2), short | {"mode": modes})
    yield from grid(
        "STFTSpectrogram",
        (2, 50),
        short | {"mode": ["psd"], "data_format": ["channels_first"], "padding": ["same", "valid"]},
    )
    yield from grid(
        "STFTSpectrogram",
        (50, 1),
        {"frame_length": [12], "frame_step": [5], "fft_length": [16, 32], "mode": ["magnitude"]}
        | {"window": ["hamming", None], "scaling": ["spectrum", None], "periodic": [True, False]},
    )
    mel: dict[str, list[Any]] = {"fft_length": [32], "sequence_stride": [8], "num_mel_bins": [5]}
    yield from grid(
        "MelSpectrogram",
        (100,),
        mel | {"power_to_db": [False, True], "mag_exp": [1.0, 2.0], "sequence_length": [None, 20]},
    )


def convolutional_recurrences() -> Iterator[Case]:
    shapes = {1: (4, 6, 2), 2: (3, 6, 5, 2), 3: (2, 4, 5, 3, 2)}
    first = {1: (4, 2, 6), 2: (3, 2, 6, 5), 3: (2, 2, 4, 5, 3)}
    ways = {"return_sequences": [False, True], "return_state": [False, True]}
    for rank in (1, 2, 3):
        cls = f"ConvLSTM{rank}D"
        base: dict[str, list[Any]] = {"filters": [3], "kernel_size": [2], "padding": ["same", "valid"]}
        yield from grid(cls, shapes[rank], base | ways | {"go_backwards": [rank == 2]})
        more = {"strides": [2], "activation": ["relu"], "use_bias": [False]}
        yield from grid(cls, first[rank], base | more | {"data_format": ["channels_first"]})
    yield from grid(
        "ConvLSTM2D",
        shapes[2],
        {
            "filters": [2],
            "kernel_size": [(3, 1)],
            "dilation_rate": [2],
            "recurrent_activation": ["hard_sigmoid"],
        }
        | {"unit_forget_bias": [False], "padding": ["same"]},
    )


def chains() -> Iterator[Case]:
    inner = [
        Inner("RandomFlip", {}),
        Inner("Rescaling", {"scale": 0.5}),
        Inner("Resizing", {"height": 4, "width": 5}),
    ]
    yield Case("Pipeline", {"layers": inner}, (IMAGE,))
    yield from in_both_formats("RandomFlip", 2, {})


DATA_CASES = [*augmentations(), *sounds(), *convolutional_recurrences(), *chains()]
