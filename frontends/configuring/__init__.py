"""From objects to configurations that JSON can hold, and back: Keras's form, so that each reads the other's."""
