"""Models in the manner of Keras's public examples and guides (https://keras.io/examples/), one function each.

A function takes the library, `keras` or `irkit`, and defines the same model with either. SHAPES says what it is fed.
"""

from __future__ import annotations

from examples.keras_models import generating, seeing, structured, wording

FAMILIES = (seeing, wording, structured, generating)
# Name → the function that defines the model.
MODELS = {name: make for family in FAMILIES for name, make in family.MODELS.items()}
