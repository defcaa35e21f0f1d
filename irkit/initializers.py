"""Initializers, under Keras's names."""

from irkit.frontends.initializers import *
