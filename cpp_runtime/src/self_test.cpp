// Comparing what a session computes with the samples in its file.
#include <algorithm>
#include <cmath>

#include "dtype.h"
#include "session.h"

namespace irkit::inside {
namespace {

template <class T>
T load(const void* data, uint64_t index) {
    T value;
    std::memcpy(&value, static_cast<const char*>(data) + index * sizeof value, sizeof value);
    return value;
}

float float_of_bits(uint32_t bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

double half_of_bits(uint16_t bits) {
    const int exponent = bits >> 10 & 0x1f;
    const double fraction = bits & 0x3ff;
    const double size = exponent == 0    ? std::ldexp(fraction, -24)
                        : exponent == 31 ? (fraction == 0 ? HUGE_VAL : std::nan(""))
                                         : std::ldexp(fraction + 1024, exponent - 25);
    return bits >> 15 ? -size : size;
}

bool is_floating(irkit_dtype dtype) {
    return dtype == IRKIT_FLOAT16 || dtype == IRKIT_BFLOAT16 || dtype == IRKIT_FLOAT32 ||
           dtype == IRKIT_FLOAT64;
}

double element(const irkit_tensor& tensor, uint64_t index) {
    switch (tensor.dtype) {
        case IRKIT_FLOAT16:
            return half_of_bits(load<uint16_t>(tensor.data, index));
        case IRKIT_BFLOAT16:
            return float_of_bits(uint32_t{load<uint16_t>(tensor.data, index)} << 16);
        case IRKIT_FLOAT32:
            return load<float>(tensor.data, index);
        default:
            return load<double>(tensor.data, index);
    }
}

bool same_special(double a, double b) {
    return (std::isnan(a) && std::isnan(b)) || a == b;
}

/// The rule of proto/README.md §6; empty when the output passes.
std::string difference(const irkit_tensor& found, const irkit_tensor& expected, double tolerance) {
    const auto rank = static_cast<size_t>(expected.rank);
    if (found.dtype != expected.dtype || found.rank != expected.rank ||
        !std::equal(found.dims, found.dims + rank, expected.dims)) {
        return "another dtype or other sizes";
    }
    if (!is_floating(expected.dtype)) {
        const bool equal = expected.size == 0 || std::memcmp(found.data, expected.data, expected.size) == 0;
        return equal ? "" : "elements differ";
    }
    const uint64_t elements = *element_count(expected.dims, rank);
    double largest = 0;
    for (uint64_t k = 0; k < elements; ++k) {
        const double r = std::fabs(element(expected, k));
        if (std::isfinite(r)) largest = std::max(largest, r);
    }
    for (uint64_t k = 0; k < elements; ++k) {
        const double a = element(found, k), r = element(expected, k);
        const bool passes = std::isfinite(r) ? std::fabs(a - r) <= tolerance * largest : same_special(a, r);
        if (!passes)
            return text("element ", k, ": expected ", r, ", found ", a, ", allowed ", tolerance * largest);
    }
    return "";
}

}  // namespace

void self_test(const Session& session) {
    const Model& model = session.model();
    if (model.samples.empty())
        fail(IRKIT_INVALID_ARGUMENT, "the file has no test vectors; save it with samples=");
    for (size_t sample = 0; sample < model.samples.size(); ++sample) {
        const irkit_tensor* inputs = model.samples[sample].data();
        std::vector<irkit_tensor> outputs(model.outputs);
        Result result;
        States states;
        session.reset(states);
        session.run_with(states, inputs, outputs.data(), Limits(), result);
        for (size_t k = 0; k < model.outputs; ++k) {
            const std::string why = difference(outputs[k], inputs[model.inputs + k], model.tolerance);
            const std::string_view name =
                view(model.program->outputs()->Get(static_cast<uint32_t>(k))->name());
            if (!why.empty())
                fail(IRKIT_RUNTIME_ERROR, "self-test: sample ", sample, ", output ", quoted(name), ": ", why);
        }
    }
}

}  // namespace irkit::inside
