// A verified model file, shared by the handles that the user holds.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "container.h"
#include "fbs.h"
#include "memory.h"
#include "signature.h"

namespace irkit::inside {

/// Immutable after construction; all views point into `memory`.
struct Model {
    /// Verifies everything. FormatError, GraphError, LimitError, UnsupportedError.
    Model(std::unique_ptr<Memory> memory, const irkit_model_options& options);

    /// The bytes of a tensor in WEIGHTS.
    Bytes tensor_data(int32_t number) const;

    std::unique_ptr<Memory> memory;
    Container container;
    const fbs::Program* program;
    size_t states;   // stand last among the program's inputs and outputs
    size_t inputs;   // of the user
    size_t outputs;  // of the user
    Signature signature;
    uint64_t node_count = 0;
    std::vector<std::string> input_types;            // "float32[batch, 784]"
    std::vector<std::string> output_types;           // of all, states too
    std::vector<std::vector<irkit_tensor>> samples;  // each: inputs, then outputs; data points into `memory`
    double tolerance = 0;                            // for comparing outputs with those of the samples
};

/// The VECTORS section into model.samples and model.tolerance (proto/README.md §6). FormatError, LimitError.
void read_samples(Model& model);

}  // namespace irkit::inside
