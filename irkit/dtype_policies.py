"""Policies of dtypes, under the names of keras.dtype_policies."""

from irkit.frontends.dtype_policy import DTypePolicy as DTypePolicy
from irkit.frontends.dtype_policy import FloatDTypePolicy as FloatDTypePolicy
from irkit.frontends.dtype_policy import __all__ as __all__
from irkit.frontends.dtype_policy import deserialize as deserialize
from irkit.frontends.dtype_policy import get as get
from irkit.frontends.dtype_policy import serialize as serialize
