#include <doctest/doctest.h>

#include <cmath>

#include "builder.h"

namespace {

irkit::Model open_parts(const Parts& parts) {
    const std::string bytes = parts.bytes();
    return irkit::Model(bytes.data(), bytes.size());
}

std::vector<float> ramp(size_t count) {
    std::vector<float> result(count);
    for (size_t k = 0; k < count; ++k) result[k] = static_cast<float>(k % 7) - 3;
    return result;
}

std::vector<float> floats(const irkit::Output& output) {
    const auto values = output.values<float>();
    return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("the numbers are right, for every size of the batch") {
    const irkit::Model model = open_parts(gemm_relu());
    const irkit::Session session(model);
    for (const int64_t batch : {1, 2, 64, 0}) {
        const std::vector<float> x = ramp(static_cast<size_t>(4 * batch));
        const irkit::Outputs outputs = session.run({irkit::tensor(x.data(), {batch, 4})});
        CHECK(outputs[0].dims() == std::vector<int64_t>{batch, 3});
        CHECK(floats(outputs[0]) == gemm_relu_of(x));
    }
}

TEST_CASE("a session outlives the model it was made from") {
    auto model = std::make_unique<irkit::Model>(open_parts(gemm_relu()));
    const irkit::Session session(*model);
    model.reset();
    const std::vector<float> x = ramp(4);
    CHECK(floats(session.run({irkit::tensor(x.data(), {1, 4})})[0]) == gemm_relu_of(x));
}

TEST_CASE("outputs go into the caller's buffer") {
    const irkit::Session session(open_parts(gemm_relu()));
    const std::vector<float> x = ramp(8);
    std::vector<float> y(100, -1);
    std::vector<irkit_tensor> outputs(1);
    outputs[0].data = y.data();
    outputs[0].size = y.size() * sizeof(float);
    session.run_into({irkit::tensor(x.data(), {2, 4})}, outputs);
    CHECK(outputs[0].dims[0] == 2);
    CHECK(outputs[0].size == 24);
    CHECK(std::vector<float>(y.begin(), y.begin() + 6) == gemm_relu_of(x));
    CHECK(y[6] == -1);
    outputs[0].size = 23;
    CHECK_THROWS_WITH(session.run_into({irkit::tensor(x.data(), {2, 4})}, outputs),
                      "output 'y' needs 24 bytes, the buffer has 23");
}

TEST_CASE("an output whose size is not known before is copied into the caller's buffer") {
    Parts parts = gemm_relu();
    parts.program.outputs[0]->type->has_rank = false;
    parts.program.outputs[0]->type->dims.clear();
    const irkit::Session session(open_parts(parts));
    const std::vector<float> x = ramp(4);
    std::vector<float> y(3);
    std::vector<irkit_tensor> outputs(1);
    outputs[0].data = y.data();
    outputs[0].size = 12;
    session.run_into({irkit::tensor(x.data(), {1, 4})}, outputs);
    CHECK(y == gemm_relu_of(x));
    outputs[0].size = 8;
    CHECK_THROWS_WITH(session.run_into({irkit::tensor(x.data(), {1, 4})}, outputs),
                      doctest::Contains("needs 12 bytes"));
}

TEST_CASE("branches and loops run") {
    const irkit::Session branches(open_parts(with_branches()));
    const std::vector<float> x = {1, 2, 3};
    for (const bool flag : {true, false}) {
        const irkit::Outputs outputs = branches.run({irkit::tensor(&flag, {}), irkit::tensor(x.data(), {3})});
        CHECK(floats(outputs[0]) == (flag ? std::vector<float>{2, 4, 6} : std::vector<float>{1, 4, 9}));
    }
    const irkit::Session loop(open_parts(with_loop()));
    const int64_t trips = 3;
    const float two = 2;
    CHECK(floats(loop.run({irkit::tensor(&trips, {}), irkit::tensor(&two, {1, 1})})[0]) ==
          std::vector<float>{256});
}

TEST_CASE("inputs that do not fit are a ShapeError that names them") {
    const irkit::Session session(open_parts(gemm_relu()));
    const std::vector<float> x = ramp(10);
    const auto message = [&](const irkit_tensor& input) -> std::string {
        try {
            session.run({input});
        } catch (const irkit::Error& error) {
            return std::string(error.kind()) + ": " + error.what();
        }
        return "it ran";
    };
    CHECK(message(irkit::tensor(x.data(), {2, 5})) ==
          "ShapeError: input 'x': expected float32[batch, 4], axis 1 must be 4, found 5");
    CHECK(message(irkit::tensor(x.data(), {10})) ==
          "ShapeError: input 'x': expected float32[batch, 4], found float32[10]: another rank");
    const std::vector<double> d(4);
    CHECK(message(irkit::tensor(d.data(), {1, 4})) ==
          "ShapeError: input 'x': expected float32[batch, 4], found float64[1, 4]: another dtype");
    irkit_tensor small = irkit::tensor(x.data(), {1, 4});
    small.size = 12;
    CHECK(message(small) == "InvalidArgument: input 'x': its buffer has 12 bytes, its sizes make 16");
    small.rank = 99;
    CHECK(message(small).rfind("InvalidArgument", 0) == 0);
    CHECK_THROWS_WITH(session.run({}), doctest::Contains("numbers of inputs and outputs"));
}

TEST_CASE("equal symbols and constraints are checked") {
    const irkit::Session loop(open_parts(with_loop()));
    const int64_t trips = 1;
    const std::vector<float> x(6);
    CHECK_THROWS_WITH(loop.run({irkit::tensor(&trips, {}), irkit::tensor(x.data(), {2, 3})}),
                      "input 'x': expected float32[n, n], axis 1 must be 2 (n), found 3");
    Parts parts = gemm_relu();
    auto constraint = std::make_unique<fb::ConstraintT>();
    constraint->left = expression({{0, fb::DimOp::symbol}, {2, fb::DimOp::const_}, {0, fb::DimOp::mod}});
    constraint->right = constant(0);
    constraint->origin = "Reshape 'pairs', model.py:9";
    parts.program.constraints.push_back(std::move(constraint));
    const irkit::Session session(open_parts(parts));
    CHECK_NOTHROW(session.run({irkit::tensor(x.data(), {0, 4})}));
    CHECK_THROWS_WITH(session.run({irkit::tensor(x.data(), {1, 4})}),
                      "the model demands batch%2 == 0: 1 and 0 (Reshape 'pairs', model.py:9)");
}

TEST_CASE("what onnxruntime refuses is an UnsupportedError of a layer and a line") {
    Parts parts = gemm_relu();
    parts.program.tensors[1]->dims = {1, 3};
    parts.program.tensors[0]->dims = {3, 4};  // Gemm cannot multiply [batch, 4] by [3, 4]
    try {
        const irkit::Session session(open_parts(parts));
        FAIL("a session was made");
    } catch (const irkit::Error& error) {
        CHECK(error.code() == IRKIT_UNSUPPORTED_ERROR);
        CHECK(error.layer() == "layer_of_Gemm");
        CHECK(error.source() == "model.py:7");
    }
}

TEST_CASE("options are understood, and newer ones refused only when they are set") {
    const irkit::Model model = open_parts(gemm_relu());
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.threads = 1;
    options.disable_prepacking = 1;
    options.disable_arena = 1;
    options.optimization = IRKIT_OPTIMIZE_NONE;
    const std::vector<float> x = ramp(4);
    CHECK(floats(irkit::Session(model, options).run({irkit::tensor(x.data(), {1, 4})})[0]) ==
          gemm_relu_of(x));
    options.threads = -1;
    CHECK_THROWS_AS(irkit::Session(model, options), irkit::Error);

    struct Newer {
        irkit_session_options known = IRKIT_SESSION_OPTIONS_INIT;
        int64_t more = 0;
    } newer;
    newer.known.struct_size = sizeof newer;
    CHECK_NOTHROW(irkit::Session(model, newer.known));
    newer.more = 1;
    CHECK_THROWS_WITH(irkit::Session(model, newer.known), doctest::Contains("does not have"));
}

TEST_CASE("log messages reach the caller") {
    const irkit::Model model = open_parts(gemm_relu());
    int messages = 0;
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.log_level = IRKIT_LOG_VERBOSE;
    options.log_user = &messages;
    options.log = [](void* user, irkit_log_level, const char*) { ++*static_cast<int*>(user); };
    const irkit::Session session(model, options);
    CHECK(messages > 0);
}

TEST_CASE("another onnxruntime in the same process is refused") {
    const irkit::Model model = open_parts(gemm_relu());
    const irkit::Session first(model);
    CHECK(std::string(irkit_onnxruntime_version()).find('.') != std::string::npos);
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.library = "/no/such/library.so";
    CHECK_THROWS_WITH(irkit::Session(model, options),
                      doctest::Contains("cannot also load /no/such/library.so"));
}

TEST_CASE("an Assert of the model that fails is an AssertionFailed with its own layer and message") {
    Parts parts = with_branches();
    // Gather(x, trips) fails for an index outside of x; its layer says whose Assert it stands for.
    fb::ProgramT& program = parts.program;
    program.graphs.resize(1);
    fb::GraphT& main = *program.graphs[0];
    fb::NodeT& node = *main.nodes[0];
    node.attributes.clear();
    program.inputs[0]->type->dtype = fb::DType::int64;
    program.strings.insert(program.strings.end(), {"Gather", "assert\tblock/check\tx must be positive"});
    node.op = static_cast<uint32_t>(program.strings.size() - 2);
    node.layer = node.op + 1;
    node.inputs = {1, 0};
    node.outputs = {2};
    main.outputs = {2};
    program.outputs[0]->type->dims.clear();
    const irkit::Session session(open_parts(parts));
    const float x = 1;
    int64_t index = 0;
    CHECK_NOTHROW(session.run({irkit::tensor(&index, {}), irkit::tensor(&x, {1})}));
    index = 7;
    try {
        session.run({irkit::tensor(&index, {}), irkit::tensor(&x, {1})});
        FAIL("it ran");
    } catch (const irkit::Error& error) {
        CHECK(error.code() == IRKIT_ASSERTION_FAILED);
        CHECK(std::string(error.what()) == "x must be positive");
        CHECK(error.layer() == "block/check");
        CHECK(error.source() == "model.py:7");
    }
}
