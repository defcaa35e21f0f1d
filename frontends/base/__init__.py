"""Layer, the base of all layers: what it holds, what it is called with, how it is named."""
