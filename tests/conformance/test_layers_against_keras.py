"""Every layer, over a grid of its options, against Keras 3 with the same weights."""

from __future__ import annotations

from typing import Any

import pytest

import irkit
from tests.conformance.keras_layer_cases import CASES as USUAL
from tests.conformance.keras_layer_cases_data import DATA_CASES
from tests.conformance.keras_layers import Case, arrays, assert_equal, build, called, make, plain

# Keras warns of its own use of numpy
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::UserWarning"
)

CASES = [*USUAL, *DATA_CASES]


def case_id(case: Case) -> str:
    return str(case)


@pytest.mark.slow  # Keras needs most of a second to build each
@pytest.mark.keras(every=150)
@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_layer_equals_keras(case: Case) -> None:
    pair = build(case)
    assert [(w.name, tuple(w.shape), w.trainable) for w in pair.ours.weights] == [
        (w.name, tuple(w.shape), w.trainable) for w in pair.theirs.weights
    ]
    assert pair.ours.name == pair.theirs.name
    assert pair.our_config == pair.their_config
    assert_equal(case, arrays(called(case, pair.ours, pair.inputs)), pair.expected, "eager")
    for backend in ("interpreter", "onnxruntime"):
        found: Any = pair.model.predict(pair.inputs, verbose=0, backend=backend)
        assert_equal(case, arrays(found), pair.expected, backend)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_configuration_makes_the_same_layer_again(case: Case) -> None:
    ours = make(irkit, case)
    again = type(ours).from_config(ours.get_config())
    assert plain(again.get_config()) == plain(ours.get_config())
