// Where the bytes of a model file come from.
#pragma once

#include <memory>

#include "checked.h"

namespace irkit::inside {

/// Bytes that stay where they are while this object lives, starting at a multiple of 64.
class Memory {
  public:
    virtual ~Memory() = default;
    Bytes bytes() const { return bytes_; }

    /// The file at `path`, mapped read-only. IoError when the system refuses, LimitError when it is longer
    /// than `limit`.
    static std::unique_ptr<Memory> map(const char* path, uint64_t limit);
    /// The same of an open file, which stays the caller's.
    static std::unique_ptr<Memory> map(int file, uint64_t limit);
    /// The caller's bytes, which must outlive the result. InvalidArgument unless they start at a multiple
    /// of 64.
    static std::unique_ptr<Memory> borrow(Bytes bytes);
    static std::unique_ptr<Memory> copy(Bytes bytes);
    /// The caller's bytes, given back by `release` at the end, also when this fails. Alignment as for
    /// `borrow`.
    static std::unique_ptr<Memory> own(void* data, size_t size, irkit_release_function release, void* user);

  protected:
    Bytes bytes_;
};

}  // namespace irkit::inside
