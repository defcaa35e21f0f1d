"""Masks: which steps of a sequence are padding. They travel with tensors from layer to layer, as in Keras.

Embedding(mask_zero=True) and Masking make them, recurrent layers and attention use them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor


def mask_of(tree: object) -> Any:  # a mask or None; a list of them for a list of tensors
    """The masks that travel with a tensor, or with those of a list. None where there is none at all."""
    if isinstance(tree, EagerTensor | SymbolicTensor):
        return getattr(tree, "_keras_mask", None)
    if isinstance(tree, list | tuple):
        masks = [mask_of(x) for x in tree]
        return masks if any(m is not None for m in masks) else None
    return None


def with_masks(parameters: Sequence[str], args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """kwargs, and the masks of the arguments: `mask` for the first, `value_mask` for one called value.

    parameters: of `call`.
    """
    found: dict[str, Any] = dict(kwargs)
    named = [*zip(parameters, args, strict=False), *kwargs.items()]
    for place, (name, value) in enumerate(named):
        key = "mask" if place == 0 and "mask" in parameters else f"{name}_mask"
        if key in parameters and found.get(key) is None:
            mask = mask_of(value)
            if mask is not None:
                found[key] = mask
    return found


def attach(result: Any, mask: Any) -> None:  # a tensor or a list of them; likewise
    """Let `mask` travel with `result`; a list of masks goes to a list of tensors."""
    if isinstance(result, EagerTensor | SymbolicTensor):
        result._keras_mask = mask
    elif isinstance(result, list | tuple):
        masks = mask if isinstance(mask, list | tuple) else [mask] * len(result)
        for tensor, own in zip(result, masks, strict=False):
            attach(tensor, own)
