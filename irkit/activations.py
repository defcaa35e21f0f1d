"""irkit.activations: functions that layers take by name. Keras: keras.activations."""

from irkit.frontends.activations import *
