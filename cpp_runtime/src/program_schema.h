// proto/program.fbs as tables, for code that walks over a PROGRAM without knowing what it means: the fields,
// how they are stored, and the limits of proto/README.md §5. Each file that is opened proves that they agree.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "format_limits.h"

namespace irkit::inside {

enum class Shape : uint8_t { byte, word, number, text, bytes, words, numbers, tokens, texts, table, tables };
enum TableNumber : uint8_t {
    kNoTable,
    kDim,
    kType,
    kTensor,
    kBytes,
    kAttribute,
    kNode,
    kGraph,
    kPort,
    kConstraint,
    kAssumption,
    kState,
    kEntry,
    kProgram,
};

/// A field of a table in program.fbs.
struct Field {
    const char* name;
    Shape shape;
    uint64_t most = UINT64_MAX;  // elements; bytes of a text
    TableNumber table = kNoTable;
    uint64_t absent = 0;                  // the value that is left out
    uint64_t most_bytes = limits::kName;  // of each text in a list
};

constexpr uint64_t kMinusOne = UINT32_MAX;  // as four bytes
constexpr uint64_t kAny = UINT64_MAX;

constexpr Field kDimFields[] = {{"tokens", Shape::tokens, limits::kDimTokens}};
constexpr Field kTypeFields[] = {
    {"kind", Shape::byte},
    {"dtype", Shape::byte},
    {"has_rank", Shape::byte, kAny, kNoTable, 1},
    {"dims", Shape::tables, limits::kRank, kDim},
    {"element_kind", Shape::byte},
};
constexpr Field kTensorFields[] = {
    {"name", Shape::text, limits::kName},
    {"dtype", Shape::byte},
    {"dims", Shape::numbers, limits::kRank},
    {"offset", Shape::number},
    {"length", Shape::number},
};
constexpr Field kBytesFields[] = {{"data", Shape::bytes, limits::kAttributeString}};
constexpr Field kAttributeFields[] = {
    {"name", Shape::word},
    {"kind", Shape::byte},
    {"i", Shape::number},
    {"f", Shape::word},
    {"s", Shape::bytes, limits::kAttributeString},
    {"ints", Shape::numbers, limits::kAttributeList},
    {"floats", Shape::words, limits::kAttributeList},
    {"strings", Shape::tables, limits::kAttributeList, kBytes},
};
constexpr Field kNodeFields[] = {
    {"op", Shape::word},
    {"domain", Shape::word},
    {"inputs", Shape::words, limits::kNodePorts},
    {"outputs", Shape::words, limits::kNodePorts},
    {"attributes", Shape::tables, limits::kAttributes, kAttribute},
    {"layer", Shape::word},
    {"source", Shape::word},
};
constexpr Field kGraphFields[] = {
    {"inputs", Shape::words, limits::kNodePorts},
    {"outputs", Shape::words,
     limits::kNodePorts + 1},  // of a Loop's body: those of the Loop, and the condition
    {"nodes", Shape::tables, limits::kNodes, kNode},
};
constexpr Field kPortFields[] = {
    {"name", Shape::text, limits::kName},
    {"type", Shape::table, kAny, kType},
    {"structure", Shape::text, limits::kText},
};
constexpr Field kConstraintFields[] = {
    {"left", Shape::table, kAny, kDim},
    {"right", Shape::table, kAny, kDim},
    {"origin", Shape::text, limits::kText},
};
constexpr Field kAssumptionFields[] = {
    {"text", Shape::text, limits::kText},
    {"input", Shape::word, kAny, kNoTable, kMinusOne},
};
constexpr Field kStateFields[] = {
    {"name", Shape::text, limits::kName},
    {"input", Shape::word},
    {"output", Shape::word},
    {"initial", Shape::word, kAny, kNoTable, kMinusOne},
};
constexpr Field kEntryFields[] = {{"key", Shape::text, limits::kText}, {"value", Shape::text, limits::kText}};
constexpr Field kProgramFields[] = {
    {"ir_hash", Shape::number},
    {"producer", Shape::text, limits::kName},
    {"name", Shape::text, limits::kName},
    {"onnx_ir_version", Shape::word},
    {"opset", Shape::word},
    {"symbols", Shape::texts, limits::kSymbols},
    {"inputs", Shape::tables, limits::kPorts, kPort},
    {"outputs", Shape::tables, limits::kPorts, kPort},
    {"constraints", Shape::tables, limits::kFacts, kConstraint},
    {"assumptions", Shape::tables, limits::kFacts, kAssumption},
    {"states", Shape::tables, limits::kPorts, kState},
    {"strings", Shape::texts, limits::kStrings},
    {"tensors", Shape::tables, limits::kTensors, kTensor},
    {"initializers", Shape::words, limits::kTensors},
    {"graphs", Shape::tables, limits::kGraphs, kGraph},
    {"metadata", Shape::tables, limits::kFacts, kEntry},
};

struct Table {
    const char* name;
    const Field* fields;
    uint32_t count;
};

template <uint32_t size>
constexpr Table table_of(const char* name, const Field (&fields)[size]) {
    return {name, fields, size};
}

/// In the order of TableNumber.
constexpr Table kTables[] = {
    {"", nullptr, 0},
    table_of("Dim", kDimFields),
    table_of("Type", kTypeFields),
    table_of("Tensor", kTensorFields),
    table_of("Bytes", kBytesFields),
    table_of("Attribute", kAttributeFields),
    table_of("Node", kNodeFields),
    table_of("Graph", kGraphFields),
    table_of("Port", kPortFields),
    table_of("Constraint", kConstraintFields),
    table_of("Assumption", kAssumptionFields),
    table_of("State", kStateFields),
    table_of("Entry", kEntryFields),
    table_of("Program", kProgramFields),
};
constexpr uint32_t kMostFields = 16;

constexpr uint16_t size_of(Shape shape) {
    return shape == Shape::byte ? 1 : shape == Shape::number ? 8 : 4;
}

constexpr bool is_scalar(Shape shape) {
    return shape == Shape::byte || shape == Shape::word || shape == Shape::number;
}

/// Which fields a table has, and where: what its vtable says, and all that it may say.
struct Arrangement {
    TableNumber table;
    uint32_t present = 0;  // a bit for each field
    uint16_t size = 4;
    uint16_t slots = 0;
    std::array<uint16_t, kMostFields> places{};

    Arrangement(TableNumber number, uint32_t present_fields) : table(number), present(present_fields) {
        for (const uint16_t width : {8, 4, 1}) {
            for (uint32_t k = 0; k < kTables[table].count; ++k) {
                if (!has(k)) continue;
                slots = std::max<uint16_t>(slots, static_cast<uint16_t>(k + 1));
                if (size_of(kTables[table].fields[k].shape) != width) continue;
                places[k] = size;
                size = static_cast<uint16_t>(size + width);
            }
        }
    }
    bool has(uint32_t field) const { return present >> field & 1; }
};

}  // namespace irkit::inside
