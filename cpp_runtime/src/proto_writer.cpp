#include "proto_writer.h"

#include <algorithm>
#include <cstring>

#include "format_limits.h"

namespace irkit::inside {

void ProtoWriter::bytes(uint32_t field, std::string_view value) {
    raw(value.data(), value.size());
    varint(value.size());
    tag(field, 2);
}

void ProtoWriter::integer(uint32_t field, int64_t value) {
    varint(static_cast<uint64_t>(value));
    tag(field, 0);
}

void ProtoWriter::real(uint32_t field, float value) {
    raw(&value, sizeof value);
    tag(field, 5);
}

void ProtoWriter::varint(uint64_t value) {
    uint8_t reversed[10];
    int length = 0;
    for (; value >= 0x80; value >>= 7) reversed[length++] = static_cast<uint8_t>(value) | 0x80;
    reversed[length++] = static_cast<uint8_t>(value);
    raw(reversed, static_cast<uint64_t>(length));
}

void ProtoWriter::raw(const void* data, uint64_t size) {
    if (size > limit_ - size_) limits::check("bytes of the ModelProto", size_ + size, limit_);
    if (size > capacity_ - size_) grow(size);
    size_ += size;
    if (size > 0) std::memcpy(buffer_.get() + capacity_ - size_, data, size);
}

void ProtoWriter::grow(uint64_t size) {
    const uint64_t capacity = std::max<uint64_t>({4096, 2 * capacity_, size_ + size});
    std::unique_ptr<char[]> larger(new char[capacity]);
    if (size_ > 0) std::memcpy(larger.get() + capacity - size_, written().data(), size_);
    buffer_ = std::move(larger);
    capacity_ = capacity;
}

}  // namespace irkit::inside
