// How the bytes of a PROGRAM are arranged (proto/README.md §4, "Canonical FlatBuffers"): there is one way
// only.
#pragma once

#include "checked.h"

namespace irkit::inside {

/// Whether each byte of `section` stands where the writer puts it, every text is UTF-8, and nothing has more
/// elements than the limits allow. Then FlatBuffers' accessors are safe, and no two parts share bytes.
/// FormatError, LimitError, UnsupportedError (for fields that this version does not know).
void verify_layout(Bytes section);

}  // namespace irkit::inside
