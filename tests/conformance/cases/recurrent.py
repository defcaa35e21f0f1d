"""Recurrent operators with the options that ONNX's cases and its reference implementation leave out."""

from typing import Any

import numpy as np

from tests.conformance.cases import Case, random

rng = random(9)
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
BATCH, TIME, IN, HIDDEN = 3, 4, 2, 3
lengths = np.array([4, 1, 2], np.int32)


def f(*shape: int) -> np.ndarray:
    return rng.standard_normal(shape).astype(np.float32)


def case(
    operator: str,
    attributes: dict[str, Any],
    *,
    lens: np.ndarray | None = None,
    states: bool = True,
    name: str,
) -> Case:
    """A case with all inputs; the reference knows neither lengths nor most attributes, so it is not asked."""
    dirs, wide = 1 + (attributes.get("direction") == "bidirectional"), GATES[operator] * HIDDEN
    inputs = [f(TIME, BATCH, IN), f(dirs, wide, IN), f(dirs, wide, HIDDEN), f(dirs, 2 * wide), lens]
    if states:
        inputs.append(f(dirs, BATCH, HIDDEN))
    if states and operator == "LSTM":
        inputs += [f(dirs, BATCH, HIDDEN), f(dirs, 3 * HIDDEN)]
    known = {"hidden_size": HIDDEN, **attributes}
    return Case(operator, inputs, known, name=name, mistaken={"reference": "leaves these options out"})


CASES = [
    *(
        case(
            op,
            {"direction": direction},
            lens=lens,
            name=f"{direction} {'with' if lens is not None else 'without'} lengths",
        )
        for op in GATES
        for direction in ("forward", "reverse", "bidirectional")
        for lens in (None, lengths)
    ),
    *(case(op, {"clip": 0.3}, name="clipped") for op in GATES),
    *(case(op, {}, lens=np.array([0, 4, 0], np.int32), name="sequences of no steps") for op in GATES),
    case(
        "RNN", {"activations": ["Affine"], "activation_alpha": [0.5], "activation_beta": [0.1]}, name="Affine"
    ),
    case(
        "RNN",
        {"activations": ["Relu", "Elu"], "activation_alpha": [0.7], "direction": "bidirectional"},
        name="two",
    ),
    case(
        "GRU",
        {
            "activations": ["HardSigmoid", "ScaledTanh"],
            "activation_alpha": [0.3, 1.2],
            "activation_beta": [0.4, 0.6],
        },
        name="HardSigmoid, ScaledTanh",
    ),
    case(
        "GRU",
        {"linear_before_reset": True, "direction": "bidirectional"},
        lens=lengths,
        name="reset afterwards",
    ),
    case("GRU", {"activations": ["Softsign", "Relu"]}, states=False, name="Softsign, Relu"),
    case("LSTM", {"input_forget": True}, name="coupled gates"),
    case(
        "LSTM",
        {"activations": ["Sigmoid", "LeakyRelu", "ThresholdedRelu"], "activation_alpha": [0.2, 0.1]},
        states=False,
        name="LeakyRelu, ThresholdedRelu",
    ),
]
