#include "hash.h"

// Header only: a second library to ship would cost more than these few kilobytes.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace irkit::inside {

uint64_t hash_of(Bytes bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace irkit::inside
