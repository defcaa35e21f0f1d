"""Regularizers, under Keras's names."""

from irkit.frontends.regularizers import *
