// The rules of proto/README.md §3 and §4: nothing of a PROGRAM is used before it has passed here.
#pragma once

#include <string_view>

#include "container.h"
#include "fbs.h"

namespace irkit::inside {

/// The PROGRAM in a file, checked against every rule; it points into the file.
/// FormatError, GraphError, LimitError, UnsupportedError.
const fbs::Program* verify_program(const Container& container);

bool is_utf8(std::string_view text);

// The parts of verify_program, in its order.
void verify_strings(const fbs::Program& program);
void verify_types(const fbs::Program& program);  // inputs, outputs, constraints, assumptions, states
void verify_tensors(const fbs::Program& program, Bytes weights, bool verify_padding);
void verify_graphs(const fbs::Program& program);

}  // namespace irkit::inside
