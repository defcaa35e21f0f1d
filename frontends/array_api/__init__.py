"""The Python array API standard, version 2024.12, on irkit's tensors: what ``x.__array_namespace__()`` gives.

https://data-apis.org/array-api/2024.12/. Element types are their names ("float32"); by default numbers are float32 and
int32, and so are places. Everything composes irkit.ops, so it also works on symbolic tensors, but for what depends on
values. What ONNX lacks is refused: arithmetic of complex numbers, `nextafter`.
"""

from __future__ import annotations

from math import e as e
from math import inf as inf
from math import nan as nan
from math import pi as pi

from irkit.frontends.array_api.arrays import *
from irkit.frontends.array_api.dtypes import *
from irkit.frontends.array_api.elementwise import *
from irkit.frontends.array_api.reducing import *
from irkit.frontends.array_api.sets import *

__array_api_version__ = "2024.12"
newaxis = None
