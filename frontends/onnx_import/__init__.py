"""ONNX files as models: read, upgraded to irkit's opset, given a layer tree. Nothing here trusts what it reads.

``reading`` gets the message, ``tensors`` and ``ports`` decode data and types, ``scan`` lists what cannot be done,
``graphs`` builds the graph node by node, with the ``adapters`` for operators whose form has changed, ``naming`` and
``tree`` make the layer tree.
"""

from irkit.frontends.onnx_import.importing import graph_model, import_onnx

__all__ = ["graph_model", "import_onnx"]
