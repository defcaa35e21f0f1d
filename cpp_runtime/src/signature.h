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
    /// for a tensor that is none. The tensors of a sequence are measured by symbols, but set none.
    std::vector<int64_t> bind(const irkit_value* inputs) const;

    /// For messages: "input 'x'", or of a sequence "input 'xs'[2]".
    std::string place_text(size_t index, size_t element) const;

    /// Sets dtype, rank and dims of output `index`; false when they depend on more than the sizes of the
    /// inputs.
    bool output_shape(size_t index, const std::vector<int64_t>& symbols, irkit_tensor& output) const;

  private:
    void check_value(size_t index, const irkit_value& input) const;
    void check_tensor(size_t index, size_t element, const irkit_tensor& tensor) const;
    void bind_sizes(size_t index, const irkit_tensor& input, std::vector<int64_t>& symbols) const;
    void check_expressions(const irkit_value* inputs, const std::vector<int64_t>& symbols) const;
    void check_constraints(const std::vector<int64_t>& symbols) const;
    [[noreturn]] void refuse_axis(size_t index, size_t element, uint32_t axis, int64_t expected,
                                  int64_t found) const;

    const fbs::Program& program_;
    std::vector<const fbs::Type*> inputs_;
    struct Place {
        uint32_t input, axis;
    };
    // Sizes to look at when the symbols are bound: those that are neither constants nor symbols, and all
    // those of sequences.
    std::vector<Place> expressions_;
};

}  // namespace irkit::inside
