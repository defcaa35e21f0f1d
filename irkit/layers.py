"""Layers, under Keras's names. They load when first asked for."""

from typing import TYPE_CHECKING

from irkit.frontends.base.input_spec import InputSpec as InputSpec
from irkit.frontends.base.layer import Layer as Layer
from irkit.frontends.configuring.objects import deserialize_keras_object as deserialize  # noqa: F401
from irkit.frontends.configuring.objects import serialize_keras_object as serialize  # noqa: F401
from irkit.frontends.layers import __all__ as _names
from irkit.frontends.layers import __dir__ as __dir__
from irkit.frontends.layers import __getattr__ as __getattr__
from irkit.frontends.tensors.input import Input as Input
from irkit.frontends.tensors.input import InputLayer as InputLayer

if TYPE_CHECKING:
    from irkit.frontends.layers import *

__all__ = list(_names)  # so that `from irkit.layers import *` gives them all
