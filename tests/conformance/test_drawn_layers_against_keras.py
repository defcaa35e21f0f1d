"""Layers with drawn options and shapes against Keras. IRKIT_LAYER_EXAMPLES: how many of each family (default 2)."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.conformance.keras_layer_strategies import STRATEGIES
from tests.conformance.keras_layers import Case, arrays, assert_equal, build, called

EXAMPLES = int(os.environ.get("IRKIT_LAYER_EXAMPLES", "2"))
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.mark.keras(every=5)
@pytest.mark.parametrize("family", STRATEGIES)
def test_a_drawn_layer_equals_keras(family: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=STRATEGIES[family])
    def check(case: Case) -> None:
        compare(case)

    check()


def compare(case: Case) -> None:
    try:
        pair = build(case)
    except ValueError as error:  # Keras refuses it: a window larger than the image
        assume("irkit" in type(error).__module__)
        raise
    assume(all(np.isfinite(a).all() and a.size for a in pair.expected))
    assert [(w.name, tuple(w.shape)) for w in pair.ours.weights] == [
        (w.name, tuple(w.shape)) for w in pair.theirs.weights
    ]
    assert_equal(case, arrays(called(case, pair.ours, pair.inputs)), pair.expected, "eager")
    for backend in ("interpreter", "onnxruntime"):
        found: Any = pair.model.predict(pair.inputs, verbose=0, backend=backend)
        assert_equal(case, arrays(found), pair.expected, backend)
