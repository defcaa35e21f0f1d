#include <doctest/doctest.h>

#include <cstring>

#include "builder.h"

namespace {

irkit::Model open_parts(const Parts& parts) {
    const std::string bytes = parts.bytes();
    return irkit::Model(bytes.data(), bytes.size());
}

std::vector<float> floats(const irkit::Output& output) {
    const auto values = output.values<float>();
    return {values.begin(), values.end()};
}

using Dims = std::vector<int64_t>;

}  // namespace

TEST_CASE("a sequence goes in and comes out, each tensor with its own shape") {
    const irkit::Model model = open_parts(sequence_insert(fb::DType::float32));
    CHECK(model.input(0).kind == IRKIT_KIND_SEQUENCE);
    CHECK(model.input(0).is_tensor == 0);
    CHECK(model.input(1).kind == IRKIT_KIND_TENSOR);
    CHECK(std::string(model.output(0).type) == "sequence(float32[...])");
    const irkit::Session session(model);
    std::vector<float> a = {1, 2, 3}, b = {4}, c = {5, 6, 7, 8};
    const std::vector<irkit_tensor> xs = {irkit::tensor(a.data(), {3}), irkit::tensor(b.data(), {1, 1}),
                                          irkit::tensor(b.data(), {0, 5})};
    const irkit_tensor x = irkit::tensor(c.data(), {2, 2});
    const irkit::Values outputs = session.run_values({irkit::sequence(xs), irkit::value(x)});
    a = b = c = std::vector<float>(4, -1);  // the outputs are none of the inputs' memory
    REQUIRE(outputs.size() == 1);
    CHECK(outputs[0].is_sequence());
    REQUIRE(outputs[0].size() == 4);
    CHECK(outputs[0][0].dims() == Dims{3});
    CHECK(floats(outputs[0][0]) == std::vector<float>{1, 2, 3});
    CHECK(outputs[0][1].dims() == Dims{1, 1});
    CHECK(floats(outputs[0][1]) == std::vector<float>{4});
    CHECK(outputs[0][2].dims() == Dims{0, 5});
    CHECK(outputs[0][3].dims() == Dims{2, 2});
    CHECK(floats(outputs[0][3]) == std::vector<float>{5, 6, 7, 8});
}

TEST_CASE("an empty sequence goes in, and an output is an input of the next call") {
    const irkit::Session session(open_parts(sequence_insert(fb::DType::float32)));
    const std::vector<float> first = {1, 2}, second = {3, 4};
    const irkit_tensor x = irkit::tensor(first.data(), {1, 2}), y = irkit::tensor(second.data(), {1, 2});
    const irkit::Values one = session.run_values({irkit::sequence({}), irkit::value(x)});
    REQUIRE(one[0].size() == 1);
    CHECK(floats(one[0][0]) == first);
    const irkit::Values two = session.run_values({one[0].raw(), irkit::value(y)});
    REQUIRE(two[0].size() == 2);
    CHECK(floats(two[0][0]) == first);
    CHECK(floats(two[0][1]) == second);
}

TEST_CASE("sequences hold strings and floats of 16 bits") {
    const irkit::Session strings(open_parts(sequence_insert(fb::DType::string)));
    const std::vector<const char*> texts = {"a", "", "\xc3\xbc", "long enough for no small buffer"};
    const std::vector<irkit_tensor> xs = {irkit::tensor(texts.data(), {4})};
    const irkit_tensor x = irkit::tensor(texts.data(), {2, 2});
    const irkit::Values outputs = strings.run_values({irkit::sequence(xs), irkit::value(x)});
    REQUIRE(outputs[0].size() == 2);
    for (const irkit::Output& output : outputs[0]) {
        for (size_t k = 0; k < 4; ++k) CHECK(std::string(output.values<const char*>()[k]) == texts[k]);
    }

    const std::vector<uint16_t> bits = {0x3c00, 0x4000};
    const irkit::Session halves(open_parts(sequence_insert(fb::DType::float16)));
    irkit_tensor half = irkit::tensor(bits.data(), {1, 2});
    half.dtype = IRKIT_FLOAT16;
    for (const auto& given : {std::vector<irkit_tensor>{}, std::vector<irkit_tensor>{half}}) {
        const irkit::Values found = halves.run_values({irkit::sequence(given), irkit::value(half)});
        REQUIRE(found[0].size() == given.size() + 1);
        CHECK(found[0][given.size()].dtype() == IRKIT_FLOAT16);
        CHECK(std::memcmp(found[0][given.size()].raw().data, bits.data(), 4) == 0);
    }
}

TEST_CASE("tensors that do not fit into a sequence are refused by its name and their number") {
    Parts parts = sequence_insert(fb::DType::float32);
    fb::TypeT& type = *parts.program.inputs[0]->type;
    type.has_rank = true;
    type.dims.push_back(symbol(0));  // bound by x, which comes after it
    type.dims.push_back(constant(3));
    const irkit::Session session(open_parts(parts));
    const std::vector<float> values(12);
    const irkit_tensor x = irkit::tensor(values.data(), {2, 2});
    const irkit_tensor good = irkit::tensor(values.data(), {2, 3});
    const auto message = [&](const irkit_value& xs, const irkit_value& last) -> std::string {
        try {
            session.run_values({xs, last});
        } catch (const irkit::Error& error) {
            return std::string(error.kind()) + ": " + error.what();
        }
        return "it ran";
    };
    const auto with = [&](const irkit_tensor& second) {
        return message(irkit::sequence({good, second}), irkit::value(x));
    };
    CHECK(with(good) == "it ran");
    CHECK(with(irkit::tensor(values.data(), {2, 4})) ==
          "ShapeError: input 'xs'[1]: expected sequence(float32[n, 3]), axis 1 must be 3, found 4");
    CHECK(with(irkit::tensor(values.data(), {3, 3})) ==
          "ShapeError: input 'xs'[1]: expected sequence(float32[n, 3]), axis 0 must be 2 (n), found 3");
    CHECK(with(irkit::tensor(values.data(), {6})) ==
          "ShapeError: input 'xs'[1]: expected sequence(float32[n, 3]), found float32[6]: another rank");
    const std::vector<int32_t> integers(6);
    CHECK(with(irkit::tensor(integers.data(), {2, 3})) ==
          "ShapeError: input 'xs'[1]: expected sequence(float32[n, 3]), found int32[2, 3]: another dtype");
    irkit_tensor wrong = good;
    wrong.size = 23;
    CHECK(with(wrong) == "InvalidArgument: input 'xs'[1]: its buffer has 23 bytes, its sizes make 24");
    wrong.rank = 99;
    CHECK(with(wrong) == "InvalidArgument: input 'xs'[1]: rank 99");
    CHECK(message(irkit::value(good), irkit::value(x)) ==
          "ShapeError: input 'xs': expected sequence(float32[n, 3]), found a tensor");
    CHECK(message(irkit::sequence({}), irkit::sequence({x})) ==
          "ShapeError: input 'x': expected float32[n, 2], found a sequence");
    CHECK(message({IRKIT_KIND_SEQUENCE, nullptr, 1}, irkit::value(x)) ==
          "InvalidArgument: input 'xs': tensors is NULL");
    CHECK(message(irkit::sequence({}), {IRKIT_KIND_TENSOR, &x, 2}) ==
          "InvalidArgument: input 'x': the count of a tensor is 1, not 2");
}

TEST_CASE("irkit_run refuses a model with sequences or optionals") {
    const irkit::Session session(open_parts(sequence_insert(fb::DType::float32)));
    CHECK_THROWS_WITH(session.run({irkit_tensor{}, irkit_tensor{}}),
                      "'xs' is a sequence; irkit_run passes tensors only, irkit_run_values all kinds");
    CHECK_THROWS_WITH(session.run_values({}), doctest::Contains("numbers of inputs and outputs"));
    const irkit::Session optional(open_parts(optional_identity(fb::TypeKind::tensor)));
    CHECK_THROWS_WITH(optional.run({irkit_tensor{}}),
                      "'x' is an optional; irkit_run passes tensors only, irkit_run_values all kinds");
}

TEST_CASE("an optional tensor goes in and out, and so does nothing") {
    const irkit::Model model = open_parts(optional_identity(fb::TypeKind::tensor));
    CHECK(model.input(0).kind == IRKIT_KIND_OPTIONAL);
    CHECK(std::string(model.input(0).type) == "optional(float32[...])");
    const irkit::Session session(model);
    const std::vector<float> values = {1, 2};
    const irkit_tensor x = irkit::tensor(values.data(), {2});
    const irkit::Values something = session.run_values({irkit::value(x)});
    CHECK(*something[1][0].values<bool>().data());
    CHECK(floats(something[0][0]) == values);
    const irkit::Values none = session.run_values({irkit::nothing()});
    CHECK_FALSE(*none[1][0].values<bool>().data());
    CHECK(none[0].is_nothing());
    CHECK(none[0].size() == 0);
    const irkit::Values again = session.run_values({none[0].raw()});
    CHECK(again[0].is_nothing());
    CHECK_THROWS_WITH(session.run_values({irkit::sequence({x})}),
                      "input 'x': expected optional(float32[...]), found a sequence");
    CHECK_THROWS_WITH(session.run_values({{IRKIT_KIND_OPTIONAL, &x, 1}}),
                      "input 'x': the count of nothing is 0, not 1");
}

TEST_CASE("an optional sequence holds tensors, none, or nothing") {
    const irkit::Session session(open_parts(optional_identity(fb::TypeKind::sequence)));
    const std::vector<float> values = {1, 2};
    const irkit_tensor x = irkit::tensor(values.data(), {2});
    const irkit::Values something = session.run_values({irkit::sequence({x, x})});
    CHECK(something[0].is_sequence());
    REQUIRE(something[0].size() == 2);
    CHECK(floats(something[0][1]) == values);
    const irkit::Values empty = session.run_values({irkit::sequence({})});
    CHECK(empty[0].is_sequence());
    CHECK(empty[0].size() == 0);
    const irkit::Values none = session.run_values({irkit::nothing()});
    CHECK(none[0].is_nothing());
    CHECK_FALSE(*none[1][0].values<bool>().data());
}

TEST_CASE("irkit_run_values runs models of tensors, and needs a result") {
    const irkit::Session session(open_parts(gemm_relu()));
    const std::vector<float> values(4, 2);
    const irkit_tensor x = irkit::tensor(values.data(), {1, 4});
    const irkit::Values outputs = session.run_values({irkit::value(x)});
    CHECK(!outputs[0].is_sequence());
    REQUIRE(outputs[0].size() == 1);
    CHECK(floats(outputs[0][0]) == gemm_relu_of(values));
    const irkit_value input = irkit::value(x);
    irkit_value output{};
    irkit_error* error = irkit_run_values(session.handle(), &input, 1, &output, 1, nullptr, nullptr);
    CHECK(irkit_error_code(error) == IRKIT_INVALID_ARGUMENT);
    irkit_error_free(error);
}
