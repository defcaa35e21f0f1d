#include "verify.h"

#include <unordered_set>

#include "format_limits.h"

namespace irkit::inside {
namespace {

/// The tables' structure, by FlatBuffers' own verifier. It does not count in proportion to what a table
/// refers to twice, hence the limit on the number of tables: each has at least four bytes, and four of an
/// offset to it.
const fbs::Program* verify_layout(Bytes section) {
    constexpr uint32_t kSchemaDepth = 16;  // program.fbs nests six tables
    const auto tables = static_cast<uint32_t>(section.size() / 8 + 1);
    flatbuffers::Verifier verifier(section.data(), section.size(), kSchemaDepth, tables);
    if (!fbs::VerifyProgramBuffer(verifier))
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: not a valid FlatBuffers program");
    return fbs::GetProgram(section.data());
}

void verify_stamps(const fbs::Program& program, uint64_t ir_hash) {
    if (program.ir_hash() != ir_hash) fail(IRKIT_FORMAT_ERROR, "PROGRAM: belongs to another IR section");
    if (program.opset() < 21 || program.opset() > 23) {
        fail(IRKIT_UNSUPPORTED_ERROR, "PROGRAM: opset ", program.opset(), "; this irkit knows 21 to 23");
    }
    if (program.onnx_ir_version() < 10 || program.onnx_ir_version() > 11) {
        fail(IRKIT_UNSUPPORTED_ERROR, "PROGRAM: ONNX IR version ", program.onnx_ir_version(),
             "; this irkit knows 10, 11");
    }
}

}  // namespace

bool is_utf8(std::string_view text) {
    const auto* at = reinterpret_cast<const uint8_t*>(text.data());
    const auto* end = at + text.size();
    while (at < end) {
        const uint8_t first = *at++;
        if (first < 0x80) continue;
        const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || end - at < more) return false;
        uint32_t code = first & (0x3f >> more);
        for (int k = 0; k < more; ++k, ++at) {
            if ((*at & 0xc0) != 0x80) return false;
            code = code << 6 | (*at & 0x3f);
        }
        constexpr uint32_t kShortest[] = {0, 0x80, 0x800, 0x10000};
        if (code < kShortest[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    }
    return true;
}

void verify_text(std::string_view text, uint64_t longest, const char* what, Budget& budget) {
    budget.take(text.size());
    limits::check(what, text.size(), longest);
    if (text.find('\0') != std::string_view::npos) fail(IRKIT_FORMAT_ERROR, what, ": holds a NUL");
    if (!is_utf8(text)) fail(IRKIT_FORMAT_ERROR, what, ": not UTF-8");
}

void verify_strings(const fbs::Program& program, Budget& budget) {
    verify_text(view(program.producer()), limits::kName, "PROGRAM: producer", budget);
    verify_text(view(program.name()), limits::kName, "PROGRAM: name", budget);

    limits::check("PROGRAM: strings", count(program.strings()), limits::kStrings);
    if (count(program.strings()) == 0 || program.strings()->Get(0)->size() != 0) {
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: strings[0] must be empty");
    }
    budget.take(program.strings());
    std::unordered_set<std::string_view> seen;
    for (const auto* string : *program.strings()) {
        verify_text(view(string), limits::kName, "PROGRAM: a string", budget);
        if (!seen.insert(view(string)).second)
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: string ", quoted(view(string)), " twice");
    }

    limits::check("PROGRAM: metadata", count(program.metadata()), limits::kFacts);
    budget.take(program.metadata());
    const fbs::Entry* before = nullptr;
    for (const fbs::Entry* entry : each(program.metadata())) {
        verify_text(view(entry->key()), limits::kText, "PROGRAM: a key of the metadata", budget);
        verify_text(view(entry->value()), limits::kText, "PROGRAM: a value of the metadata", budget);
        if (before && !(view(before->key()) < view(entry->key())))
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: metadata is not sorted");
        before = entry;
    }
}

const fbs::Program* verify_program(Bytes section, Bytes weights, uint64_t ir_hash) {
    const fbs::Program* program = verify_layout(section);
    Budget budget(section.size());
    verify_stamps(*program, ir_hash);
    verify_strings(*program, budget);
    verify_types(*program, budget);
    verify_tensors(*program, weights, budget);
    verify_graphs(*program, budget);
    return program;
}

}  // namespace irkit::inside
