#include "dtype.h"

#include <algorithm>

namespace irkit::inside {
namespace {

struct Row {
    const char* name;
    unsigned bits;  // of one element; 0: no fixed size
};

constexpr Row kRows[] = {
    {"undefined", 0},      {"float32", 32},  {"uint8", 8},        {"int8", 8},           {"uint16", 16},
    {"int16", 16},         {"int32", 32},    {"int64", 64},       {"string", 0},         {"bool", 8},
    {"float16", 16},       {"float64", 64},  {"uint32", 32},      {"uint64", 64},        {"complex64", 64},
    {"complex128", 128},   {"bfloat16", 16}, {"float8e4m3fn", 8}, {"float8e4m3fnuz", 8}, {"float8e5m2", 8},
    {"float8e5m2fnuz", 8}, {"uint4", 4},     {"int4", 4},         {"float4e2m1", 4},     {"float8e8m0", 8},
};
constexpr uint32_t kCount = sizeof kRows / sizeof kRows[0];

}  // namespace

bool is_dtype(uint32_t number) {
    return number > 0 && number < kCount;
}

std::optional<uint64_t> packed_size(irkit_dtype dtype, uint64_t elements) {
    const unsigned bits = kRows[is_dtype(dtype) ? dtype : 0].bits;
    if (bits == 0) return std::nullopt;
    if (bits == 4) return elements / 2 + elements % 2;
    const auto size = checked_mul<uint64_t>(elements, bits / 8);
    return size && *size <= INT64_MAX ? size : std::nullopt;
}

bool are_bools(Bytes data) {
    return std::all_of(data.data(), data.data() + data.size(), [](uint8_t value) { return value <= 1; });
}

bool last_half_is_zero(irkit_dtype dtype, uint64_t elements, Bytes data) {
    const bool has_half = kRows[is_dtype(dtype) ? dtype : 0].bits == 4 && elements % 2 == 1;
    return !has_half || data.read<uint8_t>(data.size() - 1) <= 0x0f;
}

std::optional<uint64_t> element_count(const int64_t* dims, uint64_t rank) {
    int64_t product = 1;
    bool empty = false, overflow = false;
    for (uint64_t k = 0; k < rank; ++k) {
        if (dims[k] < 0) return std::nullopt;
        empty = empty || dims[k] == 0;
        overflow = overflow || __builtin_mul_overflow(product, dims[k], &product);
    }
    if (empty) return 0;
    return overflow ? std::nullopt : std::optional<uint64_t>(product);
}

}  // namespace irkit::inside

const char* irkit_dtype_name(irkit_dtype dtype) {
    return irkit::inside::kRows[irkit::inside::is_dtype(static_cast<uint32_t>(dtype)) ? dtype : 0].name;
}
