// What a call must bring, checked before onnxruntime sees it; what it will give, when that is known before.
#pragma once

#include <irkit/irkit.h>

#include <vector>

#include "fbs.h"

namespace irkit::inside {

/// Compiled once from a verified PROGRAM, which must outlive it; used by many threads.
class Signature {
  public:
    explicit Signature(const fbs::Program& program);

    /// Sizes of the symbols, as the inputs tell. ShapeError names input, expected and found. InvalidArgument
    /// for a tensor that is none.
    std::vector<int64_t> bind(const irkit_tensor* inputs) const;

    /// Sets dtype, rank and dims of output `index`; false when they depend on more than the sizes of the
    /// inputs.
    bool output_shape(size_t index, const std::vector<int64_t>& symbols, irkit_tensor& output) const;

  private:
    void check_input(size_t index, const irkit_tensor& input, std::vector<int64_t>& symbols) const;
    void check_expressions(const irkit_tensor* inputs, const std::vector<int64_t>& symbols) const;
    void check_constraints(const std::vector<int64_t>& symbols) const;
    [[noreturn]] void refuse_axis(size_t index, uint32_t axis, const fbs::Dim& dim, int64_t expected,
                                  int64_t found) const;

    const fbs::Program& program_;
    std::vector<const fbs::Type*> inputs_;
    struct Place {
        uint32_t input, axis;
    };
    std::vector<Place> expressions_;  // sizes of inputs that are neither constants nor symbols
};

}  // namespace irkit::inside
