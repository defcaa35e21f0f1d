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

    /// The file at `path`, mapped read-only. IoError when the system refuses.
    static std::unique_ptr<Memory> map(const char* path);
    /// The caller's bytes, which must outlive the result. InvalidArgument unless they start at a multiple
    /// of 64.
    static std::unique_ptr<Memory> borrow(Bytes bytes);
    static std::unique_ptr<Memory> copy(Bytes bytes);

  protected:
    Bytes bytes_;
};

}  // namespace irkit::inside
