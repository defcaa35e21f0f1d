// PROGRAM → onnx.ModelProto, field by field as proto/README.md §7 says. Python's onnx_proto.py writes the
// same bytes.
#pragma once

#include "checked.h"
#include "fbs.h"
#include "proto_writer.h"

namespace irkit::inside {

/// The name under which onnxruntime is handed the WEIGHTS section.
constexpr const char* kWeightsLocation = "w";

/// What the nodes are called: with their layers, for messages; or by numbers alone, so that no text of the
/// file is in what onnxruntime writes about them.
enum class NodeNames { with_layers, numbers };

/// The model for onnxruntime. Program and weights are verified; program_size is the length of the PROGRAM
/// section. LimitError when the model would be out of proportion to it.
ProtoWriter write_model(const fbs::Program& program, Bytes weights, uint64_t program_size,
                        NodeNames names = NodeNames::with_layers);

}  // namespace irkit::inside
