// Protocol Buffers' wire format, written from the end to the start: then a message's length is known when it
// is due.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace irkit::inside {

/// Write fields in descending order of their numbers, and the elements of a repeated field from last to
/// first.
class ProtoWriter {
  public:
    /// LimitError when the result would be longer than `limit`.
    explicit ProtoWriter(uint64_t limit) : limit_(limit) {}

    void bytes(uint32_t field, std::string_view value);
    void integer(uint32_t field, int64_t value);  // int32, int64, enum
    void real(uint32_t field, float value);

    /// A message around all that `write_fields` writes.
    template <class WriteFields>
    void message(uint32_t field, WriteFields write_fields) {
        const uint64_t before = size_;
        write_fields();
        varint(size_ - before);
        tag(field, 2);
    }

    /// What was written; lives as long as the writer, until the next write.
    std::string_view written() const { return {buffer_.get() + capacity_ - size_, size_}; }

  private:
    void tag(uint32_t field, uint32_t wire_type) { varint(uint64_t{field} << 3 | wire_type); }
    void varint(uint64_t value);
    void raw(const void* data, uint64_t size);
    void grow(uint64_t size);

    uint64_t limit_;
    std::unique_ptr<char[]> buffer_;  // filled from the back
    uint64_t capacity_ = 0;
    uint64_t size_ = 0;
};

}  // namespace irkit::inside
