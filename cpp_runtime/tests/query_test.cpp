#include <doctest/doctest.h>

#include <cstring>

#include "builder.h"

namespace {

irkit::Model open_parts(const Parts& parts) {
    const std::string bytes = parts.bytes();
    return irkit::Model(bytes.data(), bytes.size());
}

template <class Get>
std::string text_of(Get get) {
    size_t size = 0;
    irkit::check(get(nullptr, size_t{0}, &size));
    std::string result(size + 1, '?');
    irkit::check(get(&result[0], size, &size));
    CHECK(result == std::string(size + 1, '?'));  // one byte too few: nothing is written
    irkit::check(get(&result[0], result.size(), &size));
    CHECK(result.back() == '\0');
    result.pop_back();
    return result;
}

}  // namespace

TEST_CASE("sizes, symbols and constraints are told as the author would write them") {
    Parts parts = gemm_relu();
    auto constraint = std::make_unique<fb::ConstraintT>();
    constraint->left = expression({{0, fb::DimOp::symbol}, {2, fb::DimOp::const_}, {0, fb::DimOp::mod}});
    constraint->right = constant(0);
    constraint->origin = "model.py:9";
    parts.program.constraints.push_back(std::move(constraint));
    const irkit::Model model = open_parts(parts);
    CHECK(model.info().symbols == 1);
    CHECK(model.info().constraints == 1);
    CHECK(std::string(irkit_model_symbol(model.handle(), 0)) == "batch");
    CHECK(irkit_model_symbol(model.handle(), 1) == nullptr);
    const auto dim = [&](int32_t is_output, size_t axis) {
        return text_of([&](char* buffer, size_t capacity, size_t* size) {
            return irkit_model_get_dim(model.handle(), is_output, 0, axis, buffer, capacity, size);
        });
    };
    CHECK(dim(0, 0) == "batch");
    CHECK(dim(0, 1) == "4");
    CHECK(dim(1, 1) == "3");
    CHECK_THROWS_AS(dim(1, 2), irkit::Error);
    CHECK(text_of([&](char* buffer, size_t capacity, size_t* size) {
              return irkit_model_get_constraint(model.handle(), 0, buffer, capacity, size);
          }) == "batch%2 == 0 (model.py:9)");
}

TEST_CASE("long names of symbols make short texts, cut between characters") {
    Parts parts = gemm_relu();
    std::string name(63, 'n');
    for (int k = 0; k < 100; ++k) name += "\xc3\xa9";
    parts.program.symbols = {name};
    const irkit::Model model = open_parts(parts);
    CHECK(std::string(model.input(0).type) == "float32[" + std::string(63, 'n') + "..., 4]");
}

TEST_CASE("outputs are inferred from the sizes of the inputs alone") {
    const irkit::Model model = open_parts(gemm_relu());
    const irkit_tensor x = irkit::tensor(static_cast<const float*>(nullptr), {5, 4});
    const auto outputs = model.infer_outputs({x});
    REQUIRE(outputs.size() == 1);
    CHECK(outputs[0].dtype == IRKIT_FLOAT32);
    CHECK(outputs[0].rank == 2);
    CHECK(outputs[0].dims[0] == 5);
    CHECK(outputs[0].dims[1] == 3);
    CHECK(outputs[0].size == 60);
    CHECK_THROWS_WITH(model.infer_outputs({irkit::tensor(static_cast<const float*>(nullptr), {5, 3})}),
                      doctest::Contains("axis 1 must be 4, found 3"));
    const irkit_tensor huge = irkit::tensor(static_cast<const float*>(nullptr), {INT64_MAX, 4});
    CHECK_THROWS_WITH(model.infer_outputs({huge}), doctest::Contains("larger than any memory"));

    Parts parts = gemm_relu();
    parts.program.outputs[0]->type->has_rank = false;
    parts.program.outputs[0]->type->dims.clear();
    CHECK(open_parts(parts).infer_outputs({x})[0].rank == -1);
}

TEST_CASE("structs of older programs are filled as far as they go") {
    const irkit::Model model = open_parts(gemm_relu());
    irkit_model_info info;
    std::memset(&info, 0x5a, sizeof info);
    info.struct_size = offsetof(irkit_model_info, inputs);
    irkit::check(irkit_model_get_info(model.handle(), &info));
    CHECK(std::string(info.name) == "small");
    CHECK(info.struct_size == offsetof(irkit_model_info, inputs));
    size_t untouched;
    std::memset(&untouched, 0x5a, sizeof untouched);
    CHECK(info.inputs == untouched);
}

TEST_CASE("the build says what it is made of") {
    const std::string info = irkit_build_info();
    CHECK(info.find(std::string("irkit ") + irkit_version_string()) == 0);
    CHECK(info.find("format 1") != std::string::npos);
    CHECK(info.find("onnxruntime 1.23 or newer") != std::string::npos);
}
