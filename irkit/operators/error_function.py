"""The error function, in which numpy has no say."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from irkit.ir import Array
from irkit.operators.arithmetic import Formula
from irkit.operators.base import operator

__all__ = ["Erf"]

# After W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969) 631-637,
# with the coefficients of S. Moshier's Cephes (netlib.org/cephes, ndtr.c).
# |x| <= 1: erf x = x · T(x²) / U(x²).   1 < x < 8 (less exactly beyond): 1 - erf x = e^(-x²) · P(x) / Q(x).
# fmt: off
_T = (9.60497373987051638749e0, 9.00260197203842689217e1, 2.23200534594684319226e3, 7.00332514112805075473e3,
      5.55923013010394962768e4)
_U = (1.0, 3.35617141647503099647e1, 5.21357949780152679795e2, 4.59432382970980127987e3,
      2.26290000613890934246e4, 4.92673942608635921086e4)
_P = (2.46196981473530512524e-10, 5.64189564831068821977e-1, 7.46321056442269912687e0,
      4.86371970985681366614e1, 1.96520832956077098242e2, 5.26445194995477358631e2, 9.34528527171957607540e2,
      1.02755188689515710272e3, 5.57535335369399327526e2)
_Q = (1.0, 1.32281951154744992508e1, 8.67072140885989742329e1, 3.54937778887819891062e2,
      9.75708501743205489753e2, 1.82390916687909736289e3, 2.24633760818710981792e3, 1.65666309194161350182e3,
      5.57535340817727675546e2)
# fmt: on
_BLOCK = 1 << 14  # elements


def erf(x: Array) -> Array:
    """2/√π · ∫₀ˣ e^(-t²) dt, of float32 or float64, within 3 units of the last place."""
    return _blockwise(_erf, x)


def normal(x: Array) -> Array:
    """Φ, the normal distribution's function; far below 0, where 1 + erf cancels, it is still precise."""
    return _blockwise(_normal, x)


def _blockwise(function: Callable[[Array], Array], x: Array) -> Array:
    """A function of many steps, on pieces that stay in the processor's cache: three times as fast."""
    flat = np.ravel(x)
    result = np.empty_like(flat)
    for i in range(0, flat.size, _BLOCK):
        result[i : i + _BLOCK] = function(flat[i : i + _BLOCK])
    return result.reshape(x.shape)


def _erf(x: Array) -> Array:
    size = np.abs(x)
    return np.asarray(np.copysign(_chosen(size > 1, 1 - _complement(size), _near(size)), x))


def _normal(x: Array) -> Array:
    size = np.abs(x) * math.sqrt(0.5)
    tail = _chosen(size > 1, 0.5 * _complement(size), 0.5 - 0.5 * _near(size))
    return np.asarray(np.abs((x > 0).astype(x.dtype) - tail))  # 1 - tail on the right


def _chosen(condition: Array, x: Array, y: Array) -> Array:
    """np.where for finite numbers, without branches: several times as fast."""
    weight = condition.astype(x.dtype)
    return np.asarray(weight * x + (1 - weight) * y)


def _near(x: Array) -> Array:
    """erf x for 0 <= x <= 1, and something for others."""
    x = np.minimum(x, 1)
    square = x * x
    return np.asarray(x * _polynomial(_T, square) / _polynomial(_U, square))


def _complement(x: Array) -> Array:
    """1 - erf x for x > 1, and something for others; from 28 on it is 0 in every float."""
    x = np.minimum(x, 28)
    return np.asarray(np.exp(-x * x) * (_polynomial(_P, x) / _polynomial(_Q, x)))


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's rule, highest power first."""
    result = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        result *= x
        result += coefficient
    return result


@operator(since=13)
class Erf(Formula):
    """2/√π · ∫₀ˣ e^(-t²) dt: (…) → (…).  https://onnx.ai/onnx/operators/onnx__Erf.html"""

    def formula(self, x: Array) -> Array:
        return erf(x)
