// The checksum of the model file.
#pragma once

#include "checked.h"

namespace irkit::inside {

/// XXH3-64 with seed 0.
uint64_t hash_of(Bytes bytes);

}  // namespace irkit::inside
