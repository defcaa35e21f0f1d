#include "container.h"

#include <array>
#include <vector>

#include "format_limits.h"
#include "hash.h"

namespace irkit::inside {
namespace {

constexpr uint64_t kPrelude = 64;
constexpr uint64_t kEntry = 32;
constexpr uint8_t kMagic[8] = {0x89, 'I', 'R', 'K', '\r', '\n', 0x1a, '\n'};

enum Kind : uint32_t { kProgram = 1, kIr = 2, kVectors = 3, kOnnx = 4, kWeights = 5 };
constexpr const char* kNames[] = {"", "PROGRAM", "IR", "VECTORS", "ONNX", "WEIGHTS"};

struct Section {
    uint32_t kind;
    uint64_t offset;
    uint64_t length;
    uint64_t hash;
};

template <class... Parts>
void require(bool holds, const Parts&... parts) {
    if (!holds) fail(IRKIT_FORMAT_ERROR, parts...);
}

void check_prelude(Bytes file) {
    require(file.size() >= kPrelude, "byte 0: a model file has at least 64 bytes, this one has ",
            file.size());
    require(std::memcmp(file.data(), kMagic, sizeof kMagic) == 0, "byte 0: not an irkit model file");
    require(file.read<uint64_t>(56) == hash_of(file.slice(0, 56)),
            "byte 56: checksum of the first 56 bytes is wrong");
    const auto version = file.read<uint32_t>(8);
    if (version != kFormatVersion) {
        fail(IRKIT_UNSUPPORTED_ERROR, "byte 8: format version ", version, "; this irkit reads version ",
             kFormatVersion);
    }
    const auto flags = file.read<uint64_t>(16);
    if (flags != 0) {
        fail(IRKIT_UNSUPPORTED_ERROR, "byte 16: the file needs feature ", __builtin_ctzll(flags),
             ", which this irkit does not have");
    }
    const auto length = file.read<uint64_t>(32);
    require(length == file.size(), "byte 32: the file should have ", length, " bytes and has ", file.size());
    require(file.read<uint64_t>(40) == 0, "byte 40: must be zero");
}

Bytes section_table(Bytes file) {
    const auto count = file.read<uint32_t>(12);
    require(count >= 3 && count <= 5, "byte 12: ", count, " sections; a model file has 3 to 5");
    const Bytes table = file.slice(kPrelude, count * kEntry);
    require(file.read<uint64_t>(48) == hash_of(table), "byte 48: checksum of the section table is wrong");
    return table;
}

Section read_entry(Bytes table, uint64_t at) {
    const Section section{table.read<uint32_t>(at), table.read<uint64_t>(at + 8),
                          table.read<uint64_t>(at + 16), table.read<uint64_t>(at + 24)};
    if (section.kind < kProgram || section.kind > kWeights) {
        fail(IRKIT_UNSUPPORTED_ERROR, "byte ", kPrelude + at, ": unknown section kind ", section.kind);
    }
    require(table.read<uint32_t>(at + 4) == 0, "byte ", kPrelude + at + 4, ": must be zero");
    return section;
}

/// The section's place is fully determined by what lies before it; `end` moves on to its end.
void check_place(Bytes file, const Section& section, uint64_t at, uint64_t& end) {
    const auto start = checked_round_up(end, section.kind == kWeights ? 4096 : 64);
    require(start && section.offset == *start, "byte ", kPrelude + at + 8, ": section ", kNames[section.kind],
            " must start at ", start.value_or(0), ", not at ", section.offset);
    limits::check(text("bytes of section ", kNames[section.kind]), section.length,
                  section.kind == kProgram   ? limits::kProgram
                  : section.kind == kWeights ? limits::kSize
                                             : limits::kSection);
    require(file.holds(section.offset, section.length), "byte ", kPrelude + at + 16, ": section ",
            kNames[section.kind], " passes the end of the file");
    const uint64_t nonzero = file.first_nonzero(end, section.offset);
    require(nonzero == section.offset, "byte ", nonzero, ": padding must be zero");
    end = section.offset + section.length;
}

/// Whether the section is hashed: all are but WEIGHTS, which may be too large to be read at once.
bool is_verified(const Section& section, irkit_verify verify) {
    return section.kind != kWeights || verify == IRKIT_VERIFY_ALWAYS ||
           (verify == IRKIT_VERIFY_AUTO && section.length <= limits::kVerifiedWeights);
}

void check_hash(Bytes file, const Section& section) {
    require(hash_of(file.slice(section.offset, section.length)) == section.hash, "byte ", section.offset,
            ": checksum of section ", kNames[section.kind], " is wrong");
}

}  // namespace

Container read_container(Bytes file, irkit_verify verify) {
    check_prelude(file);
    const Bytes table = section_table(file);
    std::vector<Section> sections;
    uint64_t end = kPrelude + table.size();
    for (uint64_t at = 0; at < table.size(); at += kEntry) {
        sections.push_back(read_entry(table, at));
        require(at == 0 || sections.rbegin()[1].kind < sections.back().kind, "byte ", kPrelude + at,
                ": sections must be in order of their kinds");
        check_place(file, sections.back(), at, end);
    }
    require(end == file.size(), "byte ", end, ": bytes after the last section");

    std::array<Bytes, 6> found;
    std::array<bool, 6> present{};
    Container result;
    for (const Section& section : sections) {
        if (is_verified(section, verify)) check_hash(file, section);
        found[section.kind] = file.slice(section.offset, section.length);
        present[section.kind] = true;
        if (section.kind == kIr) result.ir_hash = section.hash;
        if (section.kind == kWeights) result.weights_verified = is_verified(section, verify);
    }
    for (const Kind kind : {kProgram, kIr, kWeights}) {
        require(present[kind], "byte 64: section ", kNames[kind], " is missing");
    }
    result.program = found[kProgram];
    result.ir = found[kIr];
    result.vectors = found[kVectors];
    result.onnx = found[kOnnx];
    result.weights = found[kWeights];
    return result;
}

}  // namespace irkit::inside
