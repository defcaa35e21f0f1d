// Sizes and names of element types.
#pragma once

#include <cstdint>
#include <optional>

#include "checked.h"

namespace irkit::inside {

bool is_dtype(uint32_t number);

/// Bytes that `elements` elements take, packed as in a model file. Nothing for strings and for more than 2^63
/// - 1.
std::optional<uint64_t> packed_size(irkit_dtype dtype, uint64_t elements);

/// What kernels rely on: a bool is 0 or 1; an odd number of 4-bit elements leaves the last half byte zero.
bool are_bools(Bytes data);
bool last_half_is_zero(irkit_dtype dtype, uint64_t elements, Bytes data);

/// The product of the dims. Nothing for a negative one and for more than 2^63 - 1.
std::optional<uint64_t> element_count(const int64_t* dims, uint64_t rank);

}  // namespace irkit::inside
