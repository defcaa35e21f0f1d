"""Tensors as users hold them, eager and symbolic: what they are, and the one door to the operators."""
