// The table of contents of WEIGHTS: every byte of that section belongs to a tensor or is padding.
#include <algorithm>

#include "dtype.h"
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
    for (const int64_t dim : each(tensor.dims())) {
        if (dim < 0) fail(IRKIT_FORMAT_ERROR, "PROGRAM: tensor ", quoted(name), " has a negative size");
    }
    const auto elements =
        element_count(tensor.dims() ? tensor.dims()->data() : nullptr, count(tensor.dims()));
    if (!elements) fail(IRKIT_LIMIT_ERROR, "PROGRAM: tensor ", quoted(name), " has too many elements");
    if (!weights.holds(tensor.offset(), tensor.length())) {
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: tensor ", quoted(name), " passes the end of WEIGHTS");
    }
    const Bytes data = weights.slice(tensor.offset(), tensor.length());
    const auto dtype = static_cast<irkit_dtype>(tensor.dtype());
    if (tensor.dtype() == fbs::DType::string) {
        verify_string_elements(data, *elements, name);
    } else if (packed_size(dtype, *elements) != tensor.length()) {
        fail(IRKIT_FORMAT_ERROR, "PROGRAM: tensor ", quoted(name), " has ", tensor.length(),
             " bytes, which its sizes do not make");
    } else if (!last_half_is_zero(dtype, *elements, data)) {
        fail(IRKIT_FORMAT_ERROR, "WEIGHTS: tensor ", quoted(name), " has an unused half that is not zero");
    }
}

/// Kernels rely on it. Bytes that several tensors share are looked at once.
class BoolsVerifier {
  public:
    void look_at(const fbs::Tensor& tensor, Bytes weights) {
        if (tensor.dtype() != fbs::DType::bool_ || tensor.length() == 0 || tensor.offset() == seen_) return;
        seen_ = tensor.offset();
        if (!are_bools(weights.slice(tensor.offset(), tensor.length()))) {
            fail(IRKIT_FORMAT_ERROR, "WEIGHTS: tensor ", quoted(view(tensor.name())),
                 " holds a bool that is neither 0 nor 1");
        }
    }

  private:
    uint64_t seen_ = UINT64_MAX;
};

bool is_text(const fbs::Tensor& tensor) {
    return tensor.dtype() == fbs::DType::string;
}

/// The end of a tensor, or the start of WEIGHTS. Within WEIGHTS, so it fits.
uint64_t end_of(const fbs::Tensor* tensor) {
    return tensor ? tensor->offset() + tensor->length() : 0;
}

/// Bytes between a tensor and the one before. Looked at only where all of WEIGHTS is: a file of a gigabyte
/// opens without reading it.
void verify_zeros(const fbs::Tensor& tensor, const fbs::Tensor* before, Bytes weights) {
    if (tensor.length() == 0 || tensor.offset() <= end_of(before)) return;
    const uint64_t nonzero = weights.first_nonzero(end_of(before), tensor.offset());
    if (nonzero != tensor.offset())
        fail(IRKIT_FORMAT_ERROR, "WEIGHTS, byte ", nonzero, ": padding must be zero");
}

/// Where the tensor must be, given the one with bytes before it (or none).
void verify_place(const fbs::Tensor& tensor, const fbs::Tensor* before) {
    const uint64_t end = end_of(before);
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

void verify_tensors(const fbs::Program& program, Bytes weights, bool verify_padding) {
    const fbs::Tensor* before = nullptr;
    BoolsVerifier bools;
    for (const fbs::Tensor* tensor : each(program.tensors())) {
        verify_size(*tensor, weights);
        verify_place(*tensor, before);
        bools.look_at(*tensor, weights);
        if (verify_padding) verify_zeros(*tensor, before, weights);
        if (tensor->length() > 0) before = tensor;
    }
    if (weights.size() != end_of(before)) fail(IRKIT_FORMAT_ERROR, "WEIGHTS: bytes after the last tensor");
}

}  // namespace irkit::inside
