"""Random numbers, under Keras's names."""

from irkit.frontends.random import *
