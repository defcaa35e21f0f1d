// What onnxruntime says when it fails, told with the layer and the user's line: its messages name the node.
#pragma once

#include "error.h"
#include "fbs.h"

namespace irkit::inside {

/// Where a node comes from. `assertion` is its message when the node fails for an Assert.
struct Place {
    std::string layer, source, assertion;
    bool is_assertion = false;
};
Place place_of(const fbs::Node& node, const fbs::Program& program);

/// The node that a message or name of onnxruntime's speaks of; NULL when there is none.
const fbs::Node* node_named_in(const std::string& message, const fbs::Program& program);

/// For a session that could not be made: UnsupportedError, or AssertionFailed when it computed an Assert
/// beforehand.
Error refused_model(const Error& from_onnxruntime, const fbs::Program& program);

/// For a call that failed: RuntimeError or AssertionFailed.
Error failed_run(const Error& from_onnxruntime, const fbs::Program& program);

}  // namespace irkit::inside
