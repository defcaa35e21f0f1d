"""irkit.layers: every layer, under Keras's names. A family is imported when one of its layers is asked for.

To add a layer: write its class in a family's file, and name it in that file's ``__all__`` and in FAMILIES
below (a test compares the two).
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from irkit.frontends.base.input_spec import InputSpec
from irkit.frontends.base.layer import Layer
from irkit.frontends.configuring.objects import deserialize_keras_object as deserialize
from irkit.frontends.configuring.objects import serialize_keras_object as serialize
from irkit.frontends.named import unknown_name
from irkit.frontends.tensors.input import Input, InputLayer

if TYPE_CHECKING:  # the star of a family is its __all__: so type checkers see every layer
    from irkit.frontends.layers.activation import *
    from irkit.frontends.layers.attention import *
    from irkit.frontends.layers.attention_scores import *
    from irkit.frontends.layers.augmentation_color import *
    from irkit.frontends.layers.augmentation_geometry import *
    from irkit.frontends.layers.augmentation_mixing import *
    from irkit.frontends.layers.cells import *
    from irkit.frontends.layers.convolution import *
    from irkit.frontends.layers.convolution_recurrent import *
    from irkit.frontends.layers.convolution_transpose import *
    from irkit.frontends.layers.core import *
    from irkit.frontends.layers.einsum_dense import *
    from irkit.frontends.layers.embedding import *
    from irkit.frontends.layers.foreign import *
    from irkit.frontends.layers.histograms import *
    from irkit.frontends.layers.lookup import *
    from irkit.frontends.layers.merging import *
    from irkit.frontends.layers.normalization import *
    from irkit.frontends.layers.pooling import *
    from irkit.frontends.layers.preprocessing import *
    from irkit.frontends.layers.recurrent import *
    from irkit.frontends.layers.regularization import *
    from irkit.frontends.layers.reshaping import *
    from irkit.frontends.layers.spectrograms import *
    from irkit.frontends.layers.text import *
    from irkit.frontends.layers.wrapping import *

# File → its layers.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "activation": ("ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"),
    "attention": ("GroupQueryAttention", "GroupedQueryAttention", "MultiHeadAttention"),
    "attention_scores": ("AdditiveAttention", "Attention"),
    "augmentation_color": (
        "RandomBrightness",
        "RandomColorDegeneration",
        "RandomColorJitter",
        "RandomContrast",
        "RandomGaussianBlur",
        "RandomGrayscale",
        "RandomHue",
        "RandomInvert",
        "RandomPosterization",
        "RandomSaturation",
        "RandomSharpness",
        "Solarization",
    ),
    "augmentation_geometry": (
        "RandomCrop",
        "RandomElasticTransform",
        "RandomErasing",
        "RandomFlip",
        "RandomPerspective",
        "RandomRotation",
        "RandomShear",
        "RandomTranslation",
        "RandomZoom",
    ),
    "augmentation_mixing": ("AugMix", "CutMix", "MaxNumBoundingBoxes", "MixUp", "Pipeline", "RandAugment"),
    "cells": ("GRUCell", "LSTMCell", "RNN", "SimpleRNNCell", "StackedRNNCells"),
    "convolution": (
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "DepthwiseConv1D",
        "DepthwiseConv2D",
        "SeparableConv1D",
        "SeparableConv2D",
    ),
    "convolution_recurrent": ("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
    "convolution_transpose": ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    "core": ("Activation", "ActivityRegularization", "Dense", "Identity", "Lambda", "Rescaling"),
    "einsum_dense": ("EinsumDense",),
    "embedding": ("Embedding", "Masking", "ReversibleEmbedding"),
    "foreign": ("FlaxLayer", "HashedCrossing", "Hashing", "JaxLayer", "TFSMLayer", "TorchModuleWrapper"),
    "histograms": ("AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization"),
    "lookup": ("IntegerLookup", "StringLookup"),
    "merging": (
        "Add",
        "Average",
        "Concatenate",
        "Dot",
        "Maximum",
        "Minimum",
        "Multiply",
        "Subtract",
        "add",
        "average",
        "concatenate",
        "dot",
        "maximum",
        "minimum",
        "multiply",
        "subtract",
    ),
    "normalization": (
        "BatchNormalization",
        "GroupNormalization",
        "LayerNormalization",
        "RMSNormalization",
        "SpectralNormalization",
        "UnitNormalization",
    ),
    "pooling": (
        "AdaptiveAveragePooling1D",
        "AdaptiveAveragePooling2D",
        "AdaptiveAveragePooling3D",
        "AdaptiveMaxPooling1D",
        "AdaptiveMaxPooling2D",
        "AdaptiveMaxPooling3D",
        "AveragePooling1D",
        "AveragePooling2D",
        "AveragePooling3D",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalAveragePooling3D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "GlobalMaxPooling3D",
        "MaxPooling1D",
        "MaxPooling2D",
        "MaxPooling3D",
    ),
    "preprocessing": ("CategoryEncoding", "CenterCrop", "Discretization", "Normalization", "Resizing"),
    "recurrent": ("GRU", "LSTM", "SimpleRNN"),
    "regularization": (
        "AlphaDropout",
        "Dropout",
        "GaussianDropout",
        "GaussianNoise",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
    ),
    "reshaping": (
        "Cropping1D",
        "Cropping2D",
        "Cropping3D",
        "Flatten",
        "Permute",
        "RepeatVector",
        "Reshape",
        "UpSampling1D",
        "UpSampling2D",
        "UpSampling3D",
        "ZeroPadding1D",
        "ZeroPadding2D",
        "ZeroPadding3D",
    ),
    "spectrograms": ("MelSpectrogram", "STFTSpectrogram"),
    "text": ("TextVectorization",),
    "wrapping": ("Bidirectional", "TimeDistributed", "Wrapper"),
}

# Keras's other names.
ALIASES: Mapping[str, str] = {
    "AvgPool1D": "AveragePooling1D",
    "AvgPool2D": "AveragePooling2D",
    "AvgPool3D": "AveragePooling3D",
    "Convolution1D": "Conv1D",
    "Convolution1DTranspose": "Conv1DTranspose",
    "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3D": "Conv3D",
    "Convolution3DTranspose": "Conv3DTranspose",
    "GlobalAvgPool1D": "GlobalAveragePooling1D",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalAvgPool3D": "GlobalAveragePooling3D",
    "GlobalMaxPool1D": "GlobalMaxPooling1D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
    "GlobalMaxPool3D": "GlobalMaxPooling3D",
    "MaxPool1D": "MaxPooling1D",
    "MaxPool2D": "MaxPooling2D",
    "MaxPool3D": "MaxPooling3D",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
}

_family_of = {name: family for family, names in FAMILIES.items() for name in names}
__all__ = ["Input", "InputLayer", "InputSpec", "Layer", "deserialize", "serialize", *_family_of, *ALIASES]  # noqa: PLE0604  # names of names


def __getattr__(name: str) -> Any:  # a layer's class, or a function that makes and calls one
    found = ALIASES.get(name, name)
    if found not in _family_of:
        raise unknown_name("irkit.layers", name, __all__)
    value = getattr(importlib.import_module(f"irkit.frontends.layers.{_family_of[found]}"), found)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
