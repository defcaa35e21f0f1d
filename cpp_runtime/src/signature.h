// What a call must bring, checked before onnxruntime sees it; what it will give, when that is known before.
#pragma once

#include <irkit/irkit.h>

#include <string>
#include <vector>

#include "fbs.h"

namespace irkit::inside {

/// For messages: "float32[2, 3]".
std::string shape_text(const irkit_tensor& tensor);

/// Compiled once from a verified PROGRAM, which must outlive it; used by many threads.
class Signature {
  public:
    /// inputs: how many of the program's are the user's; the others belong to states.
    Signature(const fbs::Program& program, size_t inputs);

    /// Sizes of the symbols, as the inputs tell. ShapeError names input, expected and found. InvalidArgument
    /// for a tensor that is none. What is in a sequence or an optional is measured by symbols, but sets none.
    std::vector<int64_t> bind(const irkit_value* inputs) const;

    /// A tensor of the port's dtype and constant sizes, without data.
    irkit_tensor fixed_tensor(const fbs::Port& port) const;

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
    // those of sequences and optionals.
    std::vector<Place> expressions_;
};

}  // namespace irkit::inside
