"""Helpers for users, under the names of keras.utils."""

from irkit.frontends.plotting import model_to_dot, plot_model
from irkit.frontends.random import set_random_seed

__all__ = ["model_to_dot", "plot_model", "set_random_seed"]
