#include "signature.h"

#include "dims.h"
#include "dtype.h"
#include "format_limits.h"

namespace irkit::inside {
namespace {

constexpr int64_t kUnbound = -1;

const char* kind_text(irkit_kind kind) {
    return kind == IRKIT_KIND_TENSOR     ? "a tensor"
           : kind == IRKIT_KIND_SEQUENCE ? "a sequence"
           : kind == IRKIT_KIND_OPTIONAL ? "nothing"
                                         : "a value of no kind";
}

/// Whether a port of this type takes a value of this kind.
bool takes(const fbs::Type& type, irkit_kind kind) {
    const bool is_optional = type.kind() == fbs::TypeKind::optional;
    const fbs::TypeKind held = is_optional ? type.element_kind() : type.kind();
    return (is_optional && kind == IRKIT_KIND_OPTIONAL) || static_cast<irkit_kind>(held) == kind;
}

}  // namespace

std::string shape_text(const irkit_tensor& tensor) {
    std::string result = text(irkit_dtype_name(tensor.dtype), "[");
    if (tensor.rank < 0 || tensor.rank > IRKIT_MAX_RANK) return result + "...]";
    for (int32_t k = 0; k < tensor.rank; ++k) result += text(k > 0 ? ", " : "", tensor.dims[k]);
    return result + "]";
}

Signature::Signature(const fbs::Program& program, size_t inputs) : program_(program) {
    for (uint32_t k = 0; k < inputs; ++k) {
        const fbs::Type* type = program.inputs()->Get(k)->type();
        inputs_.push_back(type);
        for (uint32_t axis = 0; axis < count(type->dims()); ++axis) {
            const fbs::Dim& dim = *type->dims()->Get(axis);
            const bool binds = type->kind() == fbs::TypeKind::tensor && (constant_of(dim) || symbol_of(dim));
            if (!binds) expressions_.push_back({k, axis});
        }
    }
}

std::vector<int64_t> Signature::bind(const irkit_value* inputs) const {
    std::vector<int64_t> symbols(count(program_.symbols()), kUnbound);
    for (size_t k = 0; k < inputs_.size(); ++k) {
        check_value(k, inputs[k]);
        for (size_t j = 0; j < inputs[k].count; ++j) check_tensor(k, j, inputs[k].tensors[j]);
        if (inputs_[k]->kind() == fbs::TypeKind::tensor) bind_sizes(k, *inputs[k].tensors, symbols);
    }
    check_expressions(inputs, symbols);
    check_constraints(symbols);
    return symbols;
}

irkit_tensor Signature::fixed_tensor(const fbs::Port& port) const {
    irkit_tensor result{};
    result.dtype = static_cast<irkit_dtype>(port.type()->dtype());
    for (const fbs::Dim* dim : each(port.type()->dims()))
        result.dims[result.rank++] = constant_of(*dim).value();
    const auto elements = element_count(result.dims, static_cast<uint64_t>(result.rank));
    result.size = elements ? packed_size(result.dtype, *elements).value_or(0) : 0;
    return result;
}

std::string Signature::place_text(size_t index, size_t element) const {
    const fbs::Port& port = *program_.inputs()->Get(static_cast<uint32_t>(index));
    const std::string name = text("input ", quoted(view(port.name())));
    return port.type()->kind() == fbs::TypeKind::tensor ? name : text(name, "[", element, "]");
}

void Signature::check_value(size_t index, const irkit_value& input) const {
    const auto name = [&] {
        return quoted(view(program_.inputs()->Get(static_cast<uint32_t>(index))->name()));
    };
    if (!takes(*inputs_[index], input.kind)) {
        fail(IRKIT_SHAPE_ERROR, "input ", name(), ": expected ", to_text(*inputs_[index], program_),
             ", found ", kind_text(input.kind));
    }
    if (input.kind == IRKIT_KIND_TENSOR && input.count != 1)
        fail(IRKIT_INVALID_ARGUMENT, "input ", name(), ": the count of a tensor is 1, not ", input.count);
    if (input.kind == IRKIT_KIND_OPTIONAL && input.count != 0)
        fail(IRKIT_INVALID_ARGUMENT, "input ", name(), ": the count of nothing is 0, not ", input.count);
    if (input.count > 0 && !input.tensors)
        fail(IRKIT_INVALID_ARGUMENT, "input ", name(), ": tensors is NULL");
}

void Signature::check_tensor(size_t index, size_t element, const irkit_tensor& tensor) const {
    const fbs::Type& type = *inputs_[index];
    const auto refuse = [&](std::string_view why) {
        fail(IRKIT_SHAPE_ERROR, place_text(index, element), ": expected ", to_text(type, program_),
             ", found ", shape_text(tensor), why);
    };
    if (tensor.rank < 0 || tensor.rank > IRKIT_MAX_RANK)
        fail(IRKIT_INVALID_ARGUMENT, place_text(index, element), ": rank ", tensor.rank);
    if (static_cast<uint32_t>(tensor.dtype) != static_cast<uint32_t>(type.dtype())) refuse(": another dtype");
    for (int32_t axis = 0; axis < tensor.rank; ++axis) {
        if (tensor.dims[axis] < 0) {
            fail(IRKIT_INVALID_ARGUMENT, place_text(index, element), ": size ", tensor.dims[axis],
                 " of axis ", axis);
        }
    }
    if (type.has_rank() && static_cast<uint64_t>(tensor.rank) != count(type.dims())) refuse(": another rank");
}

void Signature::bind_sizes(size_t index, const irkit_tensor& input, std::vector<int64_t>& symbols) const {
    for (uint32_t axis = 0; axis < count(inputs_[index]->dims()); ++axis) {
        const fbs::Dim& dim = *inputs_[index]->dims()->Get(axis);
        const int64_t found = input.dims[axis];
        int64_t expected = found;
        if (const auto symbol = symbol_of(dim)) {
            if (symbols[*symbol] == kUnbound) symbols[*symbol] = found;
            expected = symbols[*symbol];
        } else if (const auto constant = constant_of(dim)) {
            expected = *constant;
        }
        if (expected != found) refuse_axis(index, 0, axis, expected, found);
    }
}

void Signature::refuse_axis(size_t index, size_t element, uint32_t axis, int64_t expected,
                            int64_t found) const {
    const fbs::Type& type = *inputs_[index];
    const fbs::Dim& dim = *type.dims()->Get(axis);
    const std::string origin = constant_of(dim) ? "" : text(" (", to_text(dim, program_), ")");
    fail(IRKIT_SHAPE_ERROR, place_text(index, element), ": expected ", to_text(type, program_), ", axis ",
         axis, " must be ", expected, origin, ", found ", found);
}

void Signature::check_expressions(const irkit_value* inputs, const std::vector<int64_t>& symbols) const {
    for (const Place& place : expressions_) {
        const irkit_value& input = inputs[place.input];
        if (input.count == 0) continue;
        const fbs::Dim& dim = *inputs_[place.input]->dims()->Get(place.axis);
        const auto expected = evaluate(dim, symbols);
        if (!expected)
            fail(IRKIT_SHAPE_ERROR, "size ", to_text(dim, program_), " cannot be computed for these inputs");
        for (size_t k = 0; k < input.count; ++k) {
            const int64_t found = input.tensors[k].dims[place.axis];
            if (*expected != found) refuse_axis(place.input, k, place.axis, *expected, found);
        }
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
