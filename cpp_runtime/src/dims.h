// Sizes as expressions over symbols, in postfix order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fbs.h"

namespace irkit::inside {

/// FormatError or LimitError unless the tokens leave exactly one number and name symbols that exist.
void verify_dim(const fbs::Dim* dim, uint64_t symbol_count);

/// The constant of a Dim that is one, the symbol's number of a Dim that is one. Nothing for other Dims.
std::optional<int64_t> constant_of(const fbs::Dim& dim);
std::optional<uint32_t> symbol_of(const fbs::Dim& dim);

/// The value, given those of the symbols. Nothing when the arithmetic overflows or divides by zero.
std::optional<int64_t> evaluate(const fbs::Dim& dim, const std::vector<int64_t>& symbols);

/// For people: "batch", "784", "(width + 1)//2".
std::string to_text(const fbs::Dim& dim, const fbs::Program& program);

/// For people: "float32[batch, 784]".
std::string to_text(const fbs::Type& type, const fbs::Program& program);

}  // namespace irkit::inside
