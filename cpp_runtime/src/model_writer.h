// PROGRAM → onnx.ModelProto, field by field as proto/README.md §7 says. Python's onnx_proto.py writes the
// same bytes.
#pragma once

#include "checked.h"
#include "fbs.h"
#include "proto_writer.h"

namespace irkit::inside {

/// The name under which onnxruntime is handed the WEIGHTS section.
constexpr const char* kWeightsLocation = "w";

/// The model for onnxruntime. Program and weights are verified; program_size is the length of the PROGRAM
/// section. LimitError when the model would be out of proportion to it.
ProtoWriter write_model(const fbs::Program& program, Bytes weights, uint64_t program_size);

}  // namespace irkit::inside
