// Model files made in memory, right ones and wrong ones.
#pragma once

#include <irkit/irkit.hpp>

#include <program_generated.h>

#include <functional>
#include <string>
#include <vector>

namespace fb = irkit::program;

/// A size of a type: a constant, or a symbol's number.
std::unique_ptr<fb::DimT> constant(int64_t size);
std::unique_ptr<fb::DimT> symbol(int64_t number);
std::unique_ptr<fb::DimT> expression(const std::vector<fb::DimToken>& tokens);

/// What a file is made of; the hashes and offsets are computed when it is put together.
struct Parts {
    fb::ProgramT program;
    std::string weights;
    std::string vectors;  // no section when empty
    std::string ir = "not read by the runtime";
    uint32_t version = 1;
    uint64_t flags = 0;
    bool right_ir_hash = true;
    std::function<std::string(std::string)> change_bytes = [](std::string program) { return program; };

    std::string bytes() const;
};

/// y = Relu(Gemm(x, w, b)), x: float32[batch, 4], y: float32[batch, 3]; w = [[0..2], [3..5], ...], b = [-20,
/// 0, 20].
Parts gemm_relu();
std::vector<float> gemm_relu_of(const std::vector<float>& x);

/// y = If(flag, x + x, x * x), x: float32[n].
Parts with_branches();

/// A loop that runs `trips` times (an int64 input) and squares a matrix each time.
Parts with_loop();

/// ys = SequenceInsert(xs, x): both sequences of `dtype`, x: dtype[n, 2]. The tensors of xs have any shape.
Parts sequence_insert(fb::DType dtype);

/// y = x + total, total += sum of all of x; x: float32[n, 2], the state total: float32[2], zeros when
/// `initial` is empty.
Parts counter(std::vector<float> initial);

/// y = x, has = whether x is there; x: optional of float32 tensors, or of sequences of them.
Parts optional_identity(fb::TypeKind element_kind);

/// The code of the error with which the bytes are refused, and its message; IRKIT_OK when they are not.
struct Outcome {
    irkit_code code;
    std::string message;
};
Outcome open_bytes(const std::string& bytes);
