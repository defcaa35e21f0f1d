"""Learning rates that change while a model is trained, as settings.

Keras: https://keras.io/api/optimizers/learning_rate_schedules/
"""

from __future__ import annotations

from typing import Any

from irkit.frontends import named
from irkit.frontends.named import unknown_name
from irkit.frontends.training.settings import NEEDED, Settings, classes_of, getter


class LearningRateSchedule(Settings):
    """Base of all schedules; a user's own defines __call__(step)."""

    kind = "learning rate schedule"
    arguments = {}


_DECAY = {"initial_learning_rate": NEEDED, "decay_steps": NEEDED}
# Class → its arguments.
TABLE: dict[str, dict[str, Any]] = {
    "CosineDecay": {**_DECAY, "alpha": 0.0, "name": "CosineDecay", "warmup_target": None, "warmup_steps": 0},
    "CosineDecayRestarts": {
        "initial_learning_rate": NEEDED,
        "first_decay_steps": NEEDED,
        "t_mul": 2.0,
        "m_mul": 1.0,
        "alpha": 0.0,
        "name": "SGDRDecay",
    },
    "ExponentialDecay": {**_DECAY, "decay_rate": NEEDED, "staircase": False, "name": "ExponentialDecay"},
    "InverseTimeDecay": {**_DECAY, "decay_rate": NEEDED, "staircase": False, "name": "InverseTimeDecay"},
    "PiecewiseConstantDecay": {"boundaries": NEEDED, "values": NEEDED, "name": "PiecewiseConstant"},
    "PolynomialDecay": {
        **_DECAY,
        "end_learning_rate": 0.0001,
        "power": 1.0,
        "cycle": False,
        "name": "PolynomialDecay",
    },
}
CLASSES: dict[str, type[Settings]] = {
    "LearningRateSchedule": LearningRateSchedule,
    **classes_of(LearningRateSchedule, TABLE, __name__),
}
_get = getter("learning rate schedule", CLASSES, {})
serialize = named.serialized
__all__ = ["deserialize", "serialize", *CLASSES]  # noqa: PLE0604  # names of the table


def deserialize(config: Any, custom_objects: Any = None) -> Any:  # a schedule
    """A schedule from its configuration."""
    return _get(config)


def __getattr__(name: str) -> Any:  # a class of the table
    if name not in CLASSES:
        raise unknown_name("irkit.optimizers.schedules", name, __all__)
    return CLASSES[name]


def __dir__() -> list[str]:
    return sorted(__all__)
