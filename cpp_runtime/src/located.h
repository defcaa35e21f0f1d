// What onnxruntime says when it fails, told with the layer and the user's line: its messages name the node.
#pragma once

#include "error.h"
#include "fbs.h"

namespace irkit::inside {

/// For a session that could not be made: UnsupportedError, or AssertionFailed when it computed an Assert
/// beforehand.
Error refused_model(const Error& from_onnxruntime, const fbs::Program& program);

/// For a call that failed: RuntimeError or AssertionFailed.
Error failed_run(const Error& from_onnxruntime, const fbs::Program& program);

}  // namespace irkit::inside
