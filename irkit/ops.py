"""irkit.ops: functions on tensors. Keras: keras.ops."""

from irkit.frontends.ops import *
from irkit.frontends.ops import __all__ as __all__
