// The outer layer of a model file: prelude, section table, padding, hashes (proto/README.md §1 and §2).
#pragma once

#include "checked.h"

namespace irkit::inside {

constexpr uint32_t kFormatVersion = 1;

/// The sections of a file. They point into the bytes that were read.
struct Container {
    Bytes program;
    Bytes ir;
    Bytes vectors;  // empty when there is none
    Bytes onnx;     // empty when there is none
    Bytes weights;
    uint64_t ir_hash = 0;
    bool weights_verified = false;
};

/// Check every rule of the outer layer. FormatError, LimitError, UnsupportedError.
Container read_container(Bytes file, irkit_verify verify);

}  // namespace irkit::inside
