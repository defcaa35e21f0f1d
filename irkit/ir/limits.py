"""The limits of the file format: proto/README.md, chapter 5. Nothing larger is written, nor believed."""

from __future__ import annotations

PROGRAM_BYTES = 536_870_912
SECTION_BYTES = 2_147_483_647  # of IR, VECTORS, ONNX each
NODES = 1_048_576  # all graphs together
VALUES = 4_194_304
GRAPHS = 65_536
GRAPH_DEPTH = 16  # the main graph has depth 0
TENSORS = 1_048_576
RANK = 32
SIZE = 2**63 - 1  # a dim, and the product of all
PORTS = 4_096  # inputs of the model; its outputs; its states
NODE_PORTS = 16_384  # inputs of one node; its outputs
ATTRIBUTES = 64  # of one node
LIST_ELEMENTS = 1_048_576  # of one list attribute
STRING_BYTES = 1_048_576  # a string attribute; the config of a layer
TENSOR_ATTRIBUTE_BYTES = 65_536  # of one tensor attribute in PROGRAM
TENSOR_ATTRIBUTES_BYTES = 16_777_216  # of all of them
STRINGS = 2_097_152
NAME_BYTES = 4_096
TEXT_BYTES = 65_536
SYMBOLS = 4_096
DIM_TOKENS = 255
ENTRIES = 65_536  # constraints; assumptions; metadata entries; samples
LAYER_DEPTH = 64

INLINE_BYTES = 256  # a constant of at most this many bytes stands in the IR itself
VERIFIED_BYTES = 64 * 1024 * 1024  # WEIGHTS up to this size are verified without being asked
