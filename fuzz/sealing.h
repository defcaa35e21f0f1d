// Putting the checksums of a changed file right: otherwise every change would end at the first of them.
#pragma once

#include <cstring>
#include <string>

#include "hash.h"

/// A place in a file; length 0 when there is no such place.
struct Place {
    uint64_t offset = 0;
    uint64_t length = 0;
};

template <class T>
T number_at(const std::string& file, uint64_t at) {
    T value;
    std::memcpy(&value, file.data() + at, sizeof value);
    return value;
}

/// The PROGRAM section, where the first line of the section table tells one within the file.
inline Place program_section(const std::string& file) {
    if (file.size() < 160 || number_at<uint32_t>(file, 64) != 1) return {};
    const Place found{number_at<uint64_t>(file, 72), number_at<uint64_t>(file, 80)};
    const bool is_inside = found.offset <= file.size() && found.length <= file.size() - found.offset;
    return is_inside ? found : Place{};
}

inline void put_hash(std::string& file, uint64_t at, Place of) {
    const uint64_t hash = irkit::inside::hash_of({file.data() + of.offset, of.length});
    std::memcpy(file.data() + at, &hash, sizeof hash);
}

/// The checksums of PROGRAM, the section table and the prelude, whatever these say.
inline void seal(std::string& file) {
    if (file.size() < 64) return;
    if (const Place program = program_section(file); program.length > 0) put_hash(file, 88, program);
    const uint64_t table = 32 * uint64_t{number_at<uint32_t>(file, 12)};
    if (table <= 160 && file.size() >= 64 + table) put_hash(file, 48, {64, table});
    put_hash(file, 56, {0, 56});
}
