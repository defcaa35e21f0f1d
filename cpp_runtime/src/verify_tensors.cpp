// The table of contents of WEIGHTS: every byte of that section belongs to a tensor or is padding.
#include "dtype.h"
#include "format_limits.h"
#include "verify.h"

namespace irkit::inside {
namespace {

/// The text elements fill their bytes exactly.
void verify_string_elements(Bytes data, uint64_t elements, std::string_view name) {
    uint64_t at = 0;
    for (uint64_t k = 0; k < elements; ++k) {
        const auto length = data.read<uint32_t>(at);
        const Bytes element = data.slice(at + 4, length);
        if (!is_utf8({reinterpret_cast<const char*>(element.data()), length})) {
            fail(IRKIT_FORMAT_ERROR, "WEIGHTS: tensor ", quoted(name), " holds text that is not UTF-8");
        }
        at += 4 + uint64_t{length};
    }
    if (at != data.size())
        fail(IRKIT_FORMAT_ERROR, "WEIGHTS: tensor ", quoted(name), " is longer than its elements");
}

void verify_size(const fbs::Tensor& tensor, Bytes weights) {
    const std::string_view name = view(tensor.name());
    if (!is_dtype(static_cast<uint32_t>(tensor.dtype()))) {
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: tensor ", quoted(name), " has no known dtype");
    }
    limits::check("PROGRAM: rank", count(tensor.dims()), limits::kRank);
    const auto elements =
        element_count(tensor.dims() ? tensor.dims()->data() : nullptr, count(tensor.dims()));
    if (!elements) fail(IRKIT_FORMAT_ERROR, "PROGRAM: tensor ", quoted(name), " has impossible sizes");
    if (!weights.holds(tensor.offset(), tensor.length())) {
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: tensor ", quoted(name), " passes the end of WEIGHTS");
    }
    if (tensor.dtype() == fbs::DType::string) {
        verify_string_elements(weights.slice(tensor.offset(), tensor.length()), *elements, name);
    } else if (packed_size(static_cast<irkit_dtype>(tensor.dtype()), *elements) != tensor.length()) {
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: tensor ", quoted(name), " has ", tensor.length(),
             " bytes, which its sizes do not make");
    }
}

bool is_text(const fbs::Tensor& tensor) {
    return tensor.dtype() == fbs::DType::string;
}

/// Where the tensor must be, given the one with bytes before it (or none).
void verify_place(const fbs::Tensor& tensor, const fbs::Tensor* before) {
    const uint64_t end = before ? before->offset() + before->length() : 0;  // within WEIGHTS, so it fits
    if (tensor.length() == 0) {
        if (tensor.offset() != 0 || before)
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: an empty tensor must come first, at offset 0");
        return;
    }
    const bool shares = before && tensor.offset() == before->offset() &&
                        tensor.length() == before->length() && !is_text(tensor) && !is_text(*before);
    if (!shares && tensor.offset() != checked_round_up(end, 64)) {
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: tensor ", quoted(view(tensor.name())), " at offset ",
             tensor.offset(), " of WEIGHTS does not follow the one before");
    }
}

}  // namespace

void verify_tensors(const fbs::Program& program, Bytes weights, Budget& budget) {
    limits::check("PROGRAM: tensors", count(program.tensors()), limits::kTensors);
    budget.take(program.tensors());
    const fbs::Tensor* before = nullptr;
    for (const fbs::Tensor* tensor : each(program.tensors())) {
        verify_text(view(tensor->name()), limits::kName, "PROGRAM: name of a tensor", budget);
        budget.take(tensor->dims());
        verify_size(*tensor, weights);
        verify_place(*tensor, before);
        if (tensor->length() > 0) before = tensor;
    }
    if (weights.size() != (before ? before->offset() + before->length() : 0)) {
        fail(IRKIT_FORMAT_ERROR, "WEIGHTS: bytes after the last tensor");
    }
}

}  // namespace irkit::inside
