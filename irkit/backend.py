"""Settings and small questions, under Keras's names (keras.backend, keras.config)."""

from irkit.frontends.backend_config import *
