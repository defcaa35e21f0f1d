"""irkit: define a model once, in whatever style suits you, check it before it runs, and ship it as one file.

``import irkit as keras`` runs an ordinary Keras 3 model definition. Names are imported when they are first used, so
that ``import irkit`` costs little.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from irkit import activations as activations
    from irkit import backend as backend
    from irkit import callbacks as callbacks
    from irkit import config as config
    from irkit import constraints as constraints
    from irkit import dtype_policies as dtype_policies
    from irkit import initializers as initializers
    from irkit import layers as layers
    from irkit import losses as losses
    from irkit import metrics as metrics
    from irkit import models as models
    from irkit import ops as ops
    from irkit import optimizers as optimizers
    from irkit import random as random
    from irkit import regularizers as regularizers
    from irkit import saving as saving
    from irkit import utils as utils
    from irkit.errors import ArgumentError as ArgumentError
    from irkit.errors import AssertionFailed as AssertionFailed
    from irkit.errors import AssumptionError as AssumptionError
    from irkit.errors import AttributeRangeError as AttributeRangeError
    from irkit.errors import CaptureError as CaptureError
    from irkit.errors import ExecutionError as ExecutionError
    from irkit.errors import FormatError as FormatError
    from irkit.errors import GraphError as GraphError
    from irkit.errors import IrkitError as IrkitError
    from irkit.errors import LimitError as LimitError
    from irkit.errors import ShapeError as ShapeError
    from irkit.errors import UnsupportedError as UnsupportedError
    from irkit.frontends.backend_config import name_scope as name_scope
    from irkit.frontends.base.input_spec import InputSpec as InputSpec
    from irkit.frontends.base.layer import Layer as Layer
    from irkit.frontends.capture.capturing import capture as capture
    from irkit.frontends.capture.function import function as function
    from irkit.frontends.dtype_policy import DTypePolicy as DTypePolicy
    from irkit.frontends.dtype_policy import FloatDTypePolicy as FloatDTypePolicy
    from irkit.frontends.initializers import Initializer as Initializer
    from irkit.frontends.models.loaded import load as load
    from irkit.frontends.models.model import Model as Model
    from irkit.frontends.models.optimizing import optimize as optimize
    from irkit.frontends.models.optimizing import plan as plan
    from irkit.frontends.models.saving import export_onnx as export_onnx
    from irkit.frontends.models.sequential import Sequential as Sequential
    from irkit.frontends.onnx_import import import_onnx as import_onnx
    from irkit.frontends.ops.methods import tensor as tensor
    from irkit.frontends.regularizers import Regularizer as Regularizer
    from irkit.frontends.tensors.compiling import compile as compile
    from irkit.frontends.tensors.input import Input as Input
    from irkit.frontends.tensors.input import TensorSpec as TensorSpec
    from irkit.frontends.tensors.tensor import SymbolicTensor as KerasTensor  # noqa: F401  # Keras's name
    from irkit.frontends.tensors.variable import Variable as Variable
    from irkit.frontends.training.losses import Loss as Loss
    from irkit.frontends.training.metrics import Metric as Metric
    from irkit.frontends.training.optimizers import Optimizer as Optimizer

_MODULES = (
    "optimizers",
    "metrics",
    "losses",
    "dtype_policies",
    "config",
    "callbacks",
    "activations",
    "backend",
    "constraints",
    "initializers",
    "layers",
    "models",
    "ops",
    "random",
    "regularizers",
    "saving",
    "utils",
)
_ERRORS = (
    "ArgumentError",
    "AssertionFailed",
    "AssumptionError",
    "AttributeRangeError",
    "CaptureError",
    "ExecutionError",
    "FormatError",
    "GraphError",
    "IrkitError",
    "LimitError",
    "ShapeError",
    "UnsupportedError",
)
# Public name → where it is made, as "module:attribute".
_NAMES = {
    "DTypePolicy": "irkit.frontends.dtype_policy:DTypePolicy",
    "FloatDTypePolicy": "irkit.frontends.dtype_policy:DTypePolicy",
    "Initializer": "irkit.frontends.initializers:Initializer",
    "Input": "irkit.frontends.tensors.input:Input",
    "InputSpec": "irkit.frontends.base.input_spec:InputSpec",
    "KerasTensor": "irkit.frontends.tensors.tensor:SymbolicTensor",
    "Layer": "irkit.frontends.base.layer:Layer",
    "Loss": "irkit.frontends.training.losses:Loss",
    "Metric": "irkit.frontends.training.metrics:Metric",
    "Model": "irkit.frontends.models.model:Model",
    "Optimizer": "irkit.frontends.training.optimizers:Optimizer",
    "Regularizer": "irkit.frontends.regularizers:Regularizer",
    "Sequential": "irkit.frontends.models.sequential:Sequential",
    "TensorSpec": "irkit.frontends.tensors.input:TensorSpec",
    "Variable": "irkit.frontends.tensors.variable:Variable",
    "capture": "irkit.frontends.capture.capturing:capture",
    "function": "irkit.frontends.capture.function:function",
    "compile": "irkit.frontends.tensors.compiling:compile",
    "export_onnx": "irkit.frontends.models.saving:export_onnx",
    "import_onnx": "irkit.frontends.onnx_import:import_onnx",
    "load": "irkit.frontends.models.loaded:load",
    "tensor": "irkit.frontends.ops.methods:tensor",
    "optimize": "irkit.frontends.models.optimizing:optimize",
    "plan": "irkit.frontends.models.optimizing:plan",
    "name_scope": "irkit.frontends.backend_config:name_scope",
    **{name: f"irkit.errors:{name}" for name in _ERRORS},
}

__all__ = ["__version__", *_MODULES, *_NAMES]  # noqa: PLE0604  # strings, made from the tables above


def __getattr__(name: str) -> Any:  # noqa: ANN401  # whatever the name stands for
    if name in _MODULES:
        return importlib.import_module(f"irkit.{name}")
    if name in _NAMES:
        module, _, attribute = _NAMES[name].partition(":")
        found = getattr(importlib.import_module(module), attribute)
    elif name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415  # slow, and rarely asked for

        found = version("irkit")
    else:
        raise AttributeError(f"module 'irkit' has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
