// Arithmetic on sizes and offsets that come from a file. Nothing else in this library computes with them.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>

#include "error.h"

namespace irkit::inside {

/// The result, or nothing when it does not fit.
template <class T>
std::optional<T> checked_add(T a, T b) {
    T sum;
    return __builtin_add_overflow(a, b, &sum) ? std::nullopt : std::optional<T>(sum);
}

template <class T>
std::optional<T> checked_mul(T a, T b) {
    T product;
    return __builtin_mul_overflow(a, b, &product) ? std::nullopt : std::optional<T>(product);
}

/// The first multiple of `step` (a power of two) at or after `offset`.
inline std::optional<uint64_t> checked_round_up(uint64_t offset, uint64_t step) {
    const auto end = checked_add(offset, step - 1);
    return end ? std::optional<uint64_t>(*end & ~(step - 1)) : std::nullopt;
}

/// Python's // and %, which round towards minus infinity. Nothing for division by zero and for overflow.
inline std::optional<int64_t> checked_floordiv(int64_t a, int64_t b) {
    if (b == 0 || (a == INT64_MIN && b == -1)) return std::nullopt;
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

inline std::optional<int64_t> checked_mod(int64_t a, int64_t b) {
    if (b == 0) return std::nullopt;
    if (b == -1) return 0;
    const int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

/// Bytes that somebody else owns and that outlive this view. Reads outside of them are a FormatError.
class Bytes {
  public:
    Bytes() = default;
    Bytes(const void* data, uint64_t size) : data_(static_cast<const uint8_t*>(data)), size_(size) {}

    const uint8_t* data() const { return data_; }
    uint64_t size() const { return size_; }

    bool holds(uint64_t offset, uint64_t length) const { return offset <= size_ && length <= size_ - offset; }

    Bytes slice(uint64_t offset, uint64_t length) const {
        if (!holds(offset, length)) {
            fail(IRKIT_FORMAT_ERROR, "byte ", offset, ": ", length, " bytes are expected, the part ends at ",
                 size_);
        }
        return {data_ + offset, length};
    }

    /// A little-endian number (this library runs on little-endian machines only; CMake checks).
    template <class T>
    T read(uint64_t offset) const {
        T value;
        std::memcpy(&value, slice(offset, sizeof value).data_, sizeof value);
        return value;
    }

    /// The offset of the first byte in [from, to) that is not zero, or `to`.
    uint64_t first_nonzero(uint64_t from, uint64_t to) const {
        const Bytes part = slice(from, to - from);
        // Nearly always all of them are zero: each byte is like the one before it.
        if (part.size_ == 0 ||
            (*part.data_ == 0 && std::memcmp(part.data_, part.data_ + 1, part.size_ - 1) == 0))
            return to;
        for (uint64_t k = 0; k < part.size_; ++k) {
            if (part.data_[k] != 0) return from + k;
        }
        return to;
    }

  private:
    const uint8_t* data_ = nullptr;
    uint64_t size_ = 0;
};

}  // namespace irkit::inside
