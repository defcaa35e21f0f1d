"""Constraints, under Keras's names."""

from irkit.frontends.constraints import *
