#include "dims.h"

#include <doctest/doctest.h>

#include "builder.h"

namespace {

using Op = fb::DimOp;

/// A program with the symbols a and b, and one input of the sizes a, b and that of the tokens.
struct Case {
    explicit Case(const std::vector<fb::DimToken>& tokens) {
        fb::ProgramT program;
        program.symbols = {"a", "b"};
        program.inputs.push_back(std::make_unique<fb::PortT>());
        program.inputs[0]->type = std::make_unique<fb::TypeT>();
        program.inputs[0]->type->dims.push_back(expression(tokens));
        fb::FinishProgramBuffer(builder, fb::Program::Pack(builder, &program));
    }
    const fb::Program& program() const { return *fb::GetProgram(builder.GetBufferPointer()); }
    const fb::Dim& dim() const { return *program().inputs()->Get(0)->type()->dims()->Get(0); }

    flatbuffers::FlatBufferBuilder builder;
};

}  // namespace

TEST_CASE("a size is evaluated in postfix order and printed as the user would write it") {
    const Case floor({{0, Op::symbol}, {1, Op::const_}, {0, Op::add}, {2, Op::const_}, {0, Op::floordiv}});
    CHECK(irkit::inside::to_text(floor.dim(), floor.program()) == "(a + 1)//2");
    CHECK(irkit::inside::evaluate(floor.dim(), {6, 0}) == 3);
    const Case larger({{0, Op::symbol}, {1, Op::symbol}, {0, Op::max}});
    CHECK(irkit::inside::to_text(larger.dim(), larger.program()) == "max(a, b)");
    CHECK(irkit::inside::evaluate(larger.dim(), {6, 9}) == 9);
}

TEST_CASE("a size that overflows or divides by zero has no value") {
    const Case product({{0, Op::symbol}, {1, Op::symbol}, {0, Op::mul}});
    CHECK(irkit::inside::evaluate(product.dim(), {INT64_MAX, 2}) == std::nullopt);
    const Case rest({{0, Op::symbol}, {1, Op::symbol}, {0, Op::mod}});
    CHECK(irkit::inside::evaluate(rest.dim(), {5, 0}) == std::nullopt);
}
