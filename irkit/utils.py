"""Helpers for users, under the names of keras.utils."""

from irkit.frontends.input import get_source_inputs
from irkit.frontends.plotting import model_to_dot, plot_model
from irkit.frontends.random import set_random_seed

__all__ = ["get_source_inputs", "model_to_dot", "plot_model", "set_random_seed"]
