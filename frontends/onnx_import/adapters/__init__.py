"""How operators of other opsets are written at opset 23: one function for each change of form, one file for a family.

An adapter gets a ``Use``, adds nodes to its graph, and returns the outputs. Importing this package enters them all.
"""

from irkit.frontends.onnx_import.adapters import attention as attention
from irkit.frontends.onnx_import.adapters import attributes_to_inputs as attributes_to_inputs
from irkit.frontends.onnx_import.adapters import bitwise as bitwise
from irkit.frontends.onnx_import.adapters import broadcasting as broadcasting
from irkit.frontends.onnx_import.adapters import caches as caches
from irkit.frontends.onnx_import.adapters import classical as classical
from irkit.frontends.onnx_import.adapters import control_flow as control_flow
from irkit.frontends.onnx_import.adapters import conversion as conversion
from irkit.frontends.onnx_import.adapters import images as images
from irkit.frontends.onnx_import.adapters import labels as labels
from irkit.frontends.onnx_import.adapters import linear_attention as linear_attention
from irkit.frontends.onnx_import.adapters import normalisation as normalisation
from irkit.frontends.onnx_import.adapters import optimizers as optimizers
from irkit.frontends.onnx_import.adapters import ranges as ranges
from irkit.frontends.onnx_import.adapters import recurrent as recurrent
from irkit.frontends.onnx_import.adapters import small as small
from irkit.frontends.onnx_import.adapters import softmax as softmax
from irkit.frontends.onnx_import.adapters import swish as swish
from irkit.frontends.onnx_import.adapters import trees as trees
