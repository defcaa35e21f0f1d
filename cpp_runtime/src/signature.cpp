#include "signature.h"

#include "dims.h"
#include "dtype.h"
#include "format_limits.h"

namespace irkit::inside {
namespace {

constexpr int64_t kUnbound = -1;

std::string shape_text(const irkit_tensor& tensor) {
    std::string result = text(irkit_dtype_name(tensor.dtype), "[");
    for (int32_t k = 0; k < tensor.rank; ++k) result += text(k > 0 ? ", " : "", tensor.dims[k]);
    return result + "]";
}

}  // namespace

Signature::Signature(const fbs::Program& program) : program_(program) {
    for (uint32_t k = 0; k < count(program.inputs()); ++k) {
        const fbs::Type* type = program.inputs()->Get(k)->type();
        inputs_.push_back(type);
        for (uint32_t axis = 0; axis < count(type->dims()); ++axis) {
            const fbs::Dim& dim = *type->dims()->Get(axis);
            if (!constant_of(dim) && !symbol_of(dim)) expressions_.push_back({k, axis});
        }
    }
}

std::vector<int64_t> Signature::bind(const irkit_tensor* inputs) const {
    std::vector<int64_t> symbols(count(program_.symbols()), kUnbound);
    for (size_t k = 0; k < inputs_.size(); ++k) check_input(k, inputs[k], symbols);
    check_expressions(inputs, symbols);
    check_constraints(symbols);
    return symbols;
}

void Signature::check_input(size_t index, const irkit_tensor& input, std::vector<int64_t>& symbols) const {
    const fbs::Type& type = *inputs_[index];
    const auto name = [&] {
        return quoted(view(program_.inputs()->Get(static_cast<uint32_t>(index))->name()));
    };
    const auto refuse = [&](std::string_view why) {
        fail(IRKIT_SHAPE_ERROR, "input ", name(), ": expected ", to_text(type, program_), ", found ",
             shape_text(input), why);
    };
    if (input.rank < 0 || input.rank > IRKIT_MAX_RANK)
        fail(IRKIT_INVALID_ARGUMENT, "input ", name(), ": rank ", input.rank);
    if (static_cast<uint32_t>(input.dtype) != static_cast<uint32_t>(type.dtype())) refuse(": another dtype");
    if (!type.has_rank()) return;
    if (static_cast<uint64_t>(input.rank) != count(type.dims())) refuse(": another rank");
    for (int32_t axis = 0; axis < input.rank; ++axis) {
        const fbs::Dim& dim = *type.dims()->Get(static_cast<uint32_t>(axis));
        const int64_t found = input.dims[axis];
        if (found < 0) fail(IRKIT_INVALID_ARGUMENT, "input ", name(), ": size ", found, " of axis ", axis);
        int64_t expected = found;
        if (const auto symbol = symbol_of(dim)) {
            if (symbols[*symbol] == kUnbound) symbols[*symbol] = found;
            expected = symbols[*symbol];
        } else if (const auto constant = constant_of(dim)) {
            expected = *constant;
        }
        if (expected != found) refuse_axis(index, static_cast<uint32_t>(axis), dim, expected, found);
    }
}

void Signature::refuse_axis(size_t index, uint32_t axis, const fbs::Dim& dim, int64_t expected,
                            int64_t found) const {
    const fbs::Port& port = *program_.inputs()->Get(static_cast<uint32_t>(index));
    const std::string origin = constant_of(dim) ? "" : text(" (", to_text(dim, program_), ")");
    fail(IRKIT_SHAPE_ERROR, "input ", quoted(view(port.name())), ": expected ",
         to_text(*port.type(), program_), ", axis ", axis, " must be ", expected, origin, ", found ", found);
}

void Signature::check_expressions(const irkit_tensor* inputs, const std::vector<int64_t>& symbols) const {
    for (const Place& place : expressions_) {
        const fbs::Dim& dim = *inputs_[place.input]->dims()->Get(place.axis);
        const int64_t found = inputs[place.input].dims[place.axis];
        const auto expected = evaluate(dim, symbols);
        if (!expected)
            fail(IRKIT_SHAPE_ERROR, "size ", to_text(dim, program_), " cannot be computed for these inputs");
        if (*expected != found) refuse_axis(place.input, place.axis, dim, *expected, found);
    }
}

void Signature::check_constraints(const std::vector<int64_t>& symbols) const {
    for (const fbs::Constraint* constraint : each(program_.constraints())) {
        const auto left = evaluate(*constraint->left(), symbols),
                   right = evaluate(*constraint->right(), symbols);
        if (left && right && *left == *right) continue;
        const std::string values =
            left && right ? text(": ", *left, " and ", *right) : ": cannot be computed";
        fail(IRKIT_SHAPE_ERROR, "the model demands ", to_text(*constraint->left(), program_),
             " == ", to_text(*constraint->right(), program_), values, " (", view(constraint->origin()), ")");
    }
}

bool Signature::output_shape(size_t index, const std::vector<int64_t>& symbols, irkit_tensor& output) const {
    const fbs::Type& type = *program_.outputs()->Get(static_cast<uint32_t>(index))->type();
    if (type.kind() != fbs::TypeKind::tensor || !type.has_rank()) return false;
    output.dtype = static_cast<irkit_dtype>(type.dtype());
    output.rank = static_cast<int32_t>(count(type.dims()));
    for (uint32_t axis = 0; axis < count(type.dims()); ++axis) {
        const auto size = evaluate(*type.dims()->Get(axis), symbols);
        if (!size || *size < 0) return false;
        output.dims[axis] = *size;
    }
    return true;
}

}  // namespace irkit::inside
