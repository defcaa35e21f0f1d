#include "dims.h"

#include "checked.h"
#include "format_limits.h"

namespace irkit::inside {
namespace {

using Op = fbs::DimOp;

bool is_leaf(Op op) {
    return op == Op::const_ || op == Op::symbol;
}

std::optional<int64_t> apply(Op op, int64_t left, int64_t right) {
    switch (op) {
        case Op::add:
            return checked_add(left, right);
        case Op::mul:
            return checked_mul(left, right);
        case Op::floordiv:
            return checked_floordiv(left, right);
        case Op::mod:
            return checked_mod(left, right);
        case Op::min:
            return left < right ? left : right;
        case Op::max:
            return left < right ? right : left;
        default:
            return std::nullopt;
    }
}

std::string apply_text(Op op, const std::string& left, const std::string& right) {
    switch (op) {
        case Op::add:
            return "(" + left + " + " + right + ")";
        case Op::mul:
            return left + "*" + right;
        case Op::floordiv:
            return left + "//" + right;
        case Op::mod:
            return left + "%" + right;
        case Op::min:
            return "min(" + left + ", " + right + ")";
        default:
            return "max(" + left + ", " + right + ")";
    }
}

/// A symbol may be long and stand in many sizes: texts of a small file are to be small.
std::string symbol_text(std::string_view name) {
    size_t length = 64;
    if (name.size() <= length) return std::string(name);
    while ((name[length] & 0xc0) == 0x80) --length;  // not within a character
    return std::string(name.substr(0, length)) + "...";
}

std::optional<int64_t> only_leaf(const fbs::Dim& dim, Op op) {
    const auto& tokens = *dim.tokens();
    if (tokens.size() != 1 || tokens.Get(0)->op() != op) return std::nullopt;
    return tokens.Get(0)->value();
}

std::string tensor_text(const fbs::Type& type, const fbs::Program& program) {
    std::string result = irkit_dtype_name(static_cast<irkit_dtype>(type.dtype()));
    if (!type.has_rank()) return result + "[...]";
    const char* separator = "[";
    for (const fbs::Dim* dim : each(type.dims())) {
        result += separator + to_text(*dim, program);
        separator = ", ";
    }
    return result + (count(type.dims()) > 0 ? "]" : "[]");
}

std::string held_text(fbs::TypeKind kind, std::string element) {
    if (kind == fbs::TypeKind::tensor) return element;
    return (kind == fbs::TypeKind::sequence ? "sequence(" : "optional(") + element + ")";
}

}  // namespace

void verify_dim(const fbs::Dim* dim, uint64_t symbol_count) {
    if (!dim || count(dim->tokens()) == 0) fail(IRKIT_FORMAT_ERROR, "PROGRAM: a size without tokens");
    uint64_t depth = 0;
    for (const fbs::DimToken* token : *dim->tokens()) {
        if (token->op() > Op::MAX) fail(IRKIT_FORMAT_ERROR, "PROGRAM: unknown operation in a size");
        if (is_leaf(token->op())) {
            limits::check("PROGRAM: stack of one size", ++depth, limits::kDimStack);
            const bool exists = static_cast<uint64_t>(token->value()) < symbol_count;
            if (token->op() == Op::symbol && !exists)
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: a size names no symbol");
        } else {
            if (depth < 2) fail(IRKIT_FORMAT_ERROR, "PROGRAM: an operation in a size lacks an operand");
            if (token->value() != 0)
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: an operation in a size carries a value");
            --depth;
        }
    }
    if (depth != 1) fail(IRKIT_FORMAT_ERROR, "PROGRAM: a size leaves ", depth, " numbers instead of one");
}

std::optional<int64_t> constant_of(const fbs::Dim& dim) {
    return only_leaf(dim, Op::const_);
}

std::optional<uint32_t> symbol_of(const fbs::Dim& dim) {
    const auto number = only_leaf(dim, Op::symbol);
    return number ? std::optional<uint32_t>(static_cast<uint32_t>(*number)) : std::nullopt;
}

std::optional<int64_t> evaluate(const fbs::Dim& dim, const std::vector<int64_t>& symbols) {
    int64_t stack[limits::kDimStack];
    uint64_t depth = 0;
    for (const fbs::DimToken* token : *dim.tokens()) {
        if (is_leaf(token->op())) {
            stack[depth++] = token->op() == Op::const_ ? token->value() : symbols[token->value()];
            continue;
        }
        const auto result = apply(token->op(), stack[depth - 2], stack[depth - 1]);
        if (!result) return std::nullopt;
        stack[--depth - 1] = *result;
    }
    return stack[0];
}

std::string to_text(const fbs::Dim& dim, const fbs::Program& program) {
    std::vector<std::string> stack;
    for (const fbs::DimToken* token : *dim.tokens()) {
        if (token->op() == Op::const_) {
            stack.push_back(std::to_string(token->value()));
        } else if (token->op() == Op::symbol) {
            stack.push_back(symbol_text(view(program.symbols()->Get(static_cast<uint32_t>(token->value())))));
        } else {
            const std::string right = std::move(stack.back());
            stack.pop_back();
            stack.back() = apply_text(token->op(), stack.back(), right);
        }
    }
    return stack.back();
}

std::string to_text(const fbs::Type& type, const fbs::Program& program) {
    return held_text(type.kind(), held_text(type.element_kind(), tensor_text(type, program)));
}

}  // namespace irkit::inside
