"""Callbacks as settings: what is to happen while a model is trained. Keras: https://keras.io/api/callbacks/"""

from __future__ import annotations

from typing import Any

from irkit.frontends.named import unknown_name

_NAMES = (
    "BackupAndRestore",
    "CSVLogger",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "OrbaxCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "RemoteMonitor",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
)


class Callback:
    """Base of all callbacks. Whatever arguments they are given they keep; nothing calls them yet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.args, self.kwargs = args, kwargs


CLASSES = {"Callback": Callback, **{n: type(n, (Callback,), {"__module__": __name__}) for n in _NAMES}}
__all__ = list(CLASSES)


def __getattr__(name: str) -> Any:  # a class
    if name not in CLASSES:
        raise unknown_name("irkit.callbacks", name, __all__)
    return CLASSES[name]


def __dir__() -> list[str]:
    return sorted(__all__)
