#include "verify.h"

#include <unordered_set>

#include "layout.h"

namespace irkit::inside {
namespace {

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

void verify_strings(const fbs::Program& program) {
    if (count(program.strings()) == 0 || program.strings()->Get(0)->size() != 0)
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: strings[0] must be empty");
    std::unordered_set<std::string_view> seen;
    for (const auto* string : *program.strings()) {
        if (!seen.insert(view(string)).second)
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: string ", quoted(view(string)), " twice");
    }
    const fbs::Entry* before = nullptr;
    for (const fbs::Entry* entry : each(program.metadata())) {
        if (before && !(view(before->key()) < view(entry->key())))
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: metadata is not sorted");
        before = entry;
    }
}

const fbs::Program* verify_program(const Container& container) {
    verify_layout(container.program);
    const fbs::Program* program = fbs::GetProgram(container.program.data());
    verify_stamps(*program, container.ir_hash);
    verify_strings(*program);
    verify_types(*program);
    verify_tensors(*program, container.weights, container.weights_verified);
    verify_graphs(*program);
    return program;
}

}  // namespace irkit::inside
