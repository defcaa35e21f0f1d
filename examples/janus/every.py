"""All programs of all kinds."""

from __future__ import annotations

import irkit
from examples.janus import Case, images, pictures, policies, sequences, trees


def cases() -> list[Case]:
    """The eleven kinds; trees in two forms. Their weights are drawn anew, always the same."""
    irkit.utils.set_random_seed(0)
    return [case for kind in (images, sequences, trees, policies, pictures) for case in kind.cases()]
