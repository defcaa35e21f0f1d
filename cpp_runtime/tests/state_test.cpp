#include <doctest/doctest.h>

#include <thread>

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

std::vector<float> total(const irkit::Session& session) {
    return floats(session.state("total")[0]);
}

using Floats = std::vector<float>;

}  // namespace

TEST_CASE("a session keeps its states from call to call, apart from those of others") {
    const irkit::Model model = open_parts(counter({10, 20}));
    CHECK(model.info().inputs == 1);
    CHECK(model.info().outputs == 1);
    CHECK(model.info().states == 1);
    CHECK(std::string(model.state(0).name) == "total");
    CHECK(std::string(model.state(0).type) == "float32[2]");
    CHECK_THROWS_AS(model.input(1), irkit::Error);
    irkit::Session session(model), other(model);
    const Floats x = {1, 2, 3, 4};
    CHECK(floats(session.run({irkit::tensor(x.data(), {2, 2})})[0]) == Floats{21, 32, 23, 34});
    CHECK(floats(session.run({irkit::tensor(x.data(), {1, 2})})[0]) == Floats{24, 35});
    CHECK(total(session) == Floats{23, 33});
    CHECK(total(other) == Floats{10, 20});
    session.reset_states();
    CHECK(total(session) == Floats{10, 20});
}

TEST_CASE("states without a tensor in the file begin as zeros") {
    const irkit::Session session(open_parts(counter({})));
    CHECK(total(session) == Floats{0, 0});
}

TEST_CASE("a state is set by name, to a tensor of its own dtype and sizes") {
    irkit::Session session(open_parts(counter({10, 20})));
    Floats values = {5, 6, 7};
    session.set_state("total", irkit::tensor(values.data(), {2}));
    values = {0, 0, 0};  // the session has a copy
    const Floats x = {1, 1};
    CHECK(floats(session.run({irkit::tensor(x.data(), {1, 2})})[0]) == Floats{8, 9});
    CHECK_THROWS_WITH(session.set_state("total", irkit::tensor(values.data(), {3})),
                      "state 'total': expected float32[2], found float32[3]");
    CHECK_THROWS_WITH(session.set_state("totals", irkit::tensor(values.data(), {2})),
                      "the model has no state 'totals'");
    CHECK_THROWS_WITH(session.state("x"), "the model has no state 'x'");
    CHECK(total(session) == Floats{7, 8});
}

TEST_CASE("a call that fails or is cancelled leaves the states alone") {
    const irkit::Session session(open_parts(counter({1, 1})));
    const Floats x(6);
    CHECK_THROWS_AS(session.run({irkit::tensor(x.data(), {2, 3})}), irkit::Error);
    irkit::Canceller canceller;
    canceller.cancel();
    CHECK_THROWS_AS(session.run({irkit::tensor(x.data(), {1, 2})}, irkit::RunLimits(canceller)),
                    irkit::Error);
    CHECK(total(session) == Floats{1, 1});
}

TEST_CASE("calls on one session with states come one after the other") {
    const irkit::Session session(open_parts(counter({})));
    const Floats x = {1, 2};
    std::vector<std::thread> threads;
    for (int k = 0; k < 4; ++k) {
        threads.emplace_back([&] {
            for (int call = 0; call < 200; ++call) session.run({irkit::tensor(x.data(), {1, 2})});
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(total(session) == Floats{2400, 2400});
}

TEST_CASE("states that break a rule of the format are refused") {
    struct Case {
        const char* what;
        void (*change)(Parts&);
    };
    const Case cases[] = {
        {"another input", [](Parts& p) { p.program.states[0]->input = 0; }},
        {"another output", [](Parts& p) { p.program.states[0]->output = 0; }},
        {"no name", [](Parts& p) { p.program.states[0]->name.clear(); }},
        {"no such tensor", [](Parts& p) { p.program.states[0]->initial = 9; }},
        {"an initial of another dtype", [](Parts& p) { p.program.tensors[0]->dtype = fb::DType::int32; }},
        {"an initial of other sizes",
         [](Parts& p) {
             p.program.tensors[0]->dims = {2, 1};
         }},
        {"an open size", [](Parts& p) { p.program.inputs[1]->type->dims[0] = symbol(0); }},
        {"another size after the call", [](Parts& p) { p.program.outputs[1]->type->dims[0] = constant(3); }},
        {"no rank",
         [](Parts& p) { p.program.outputs[1]->type->has_rank = p.program.outputs[1]->type->dims.empty(); }},
    };
    for (const Case& each : cases) {
        CAPTURE(each.what);
        Parts parts = counter({1, 2});
        each.change(parts);
        CHECK(open_bytes(parts.bytes()).code == IRKIT_FORMAT_ERROR);
    }
}
