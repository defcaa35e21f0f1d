#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "builder.h"

using namespace std::chrono_literals;

namespace {

irkit::Model loop_model() {
    const std::string bytes = with_loop().bytes();
    return irkit::Model(bytes.data(), bytes.size());
}

const float one = 1;

/// The code with which a call of so many trips ends.
irkit_code outcome(const irkit::Session& session, int64_t trips, const irkit::RunLimits& limits) {
    try {
        session.run({irkit::tensor(&trips, {}), irkit::tensor(&one, {1, 1})}, limits);
        return IRKIT_OK;
    } catch (const irkit::Error& error) {
        return error.code();
    }
}

}  // namespace

TEST_CASE("loops without end are cancelled from another thread, all that were given the canceller") {
    const irkit::Session first(loop_model()), second(loop_model());
    irkit::Canceller canceller;
    irkit_code codes[3] = {};
    std::vector<std::thread> threads;
    for (int k = 0; k < 3; ++k) {
        threads.emplace_back(
            [&, k] { codes[k] = outcome(k < 2 ? first : second, INT64_MAX, irkit::RunLimits(canceller)); });
    }
    std::this_thread::sleep_for(50ms);
    canceller.cancel();
    for (std::thread& thread : threads) thread.join();
    for (const irkit_code code : codes) CHECK(code == IRKIT_CANCELLED);
    CHECK(outcome(first, 2, irkit::RunLimits(canceller)) == IRKIT_CANCELLED);  // it stays so

    canceller.reset();
    CHECK(outcome(first, 2, irkit::RunLimits(canceller)) == IRKIT_OK);
}

TEST_CASE("a loop without end is stopped when its time is over, and only then") {
    const irkit::Session session(loop_model());
    irkit::Canceller canceller;
    const auto start = std::chrono::steady_clock::now();
    CHECK(outcome(session, INT64_MAX, irkit::RunLimits(canceller, 50ms)) == IRKIT_TIMEOUT);
    const auto took = std::chrono::steady_clock::now() - start;
    CHECK(took >= 50ms);
    CHECK(took < 5s);
    CHECK(outcome(session, 2, irkit::RunLimits(canceller, 1h)) == IRKIT_OK);
    CHECK(outcome(session, 2, irkit::RunLimits(std::chrono::microseconds::max())) == IRKIT_OK);
}

TEST_CASE("each call has its own time") {
    const irkit::Session session(loop_model());
    irkit_code late = IRKIT_OK, early = IRKIT_OK;
    std::chrono::steady_clock::duration took{};
    const auto start = std::chrono::steady_clock::now();
    std::thread other([&] { late = outcome(session, INT64_MAX, irkit::RunLimits(200ms)); });
    std::this_thread::sleep_for(20ms);
    early = outcome(session, INT64_MAX, irkit::RunLimits(50ms));
    took = std::chrono::steady_clock::now() - start;
    CHECK(took < 190ms);
    other.join();
    CHECK(std::chrono::steady_clock::now() - start >= 200ms);
    CHECK(early == IRKIT_TIMEOUT);
    CHECK(late == IRKIT_TIMEOUT);
}

TEST_CASE("a session whose time is over is not made") {
    const irkit::Model model = loop_model();
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.timeout_microseconds = 1;
    int timeouts = 0;
    for (int attempt = 0; attempt < 1000 && timeouts == 0;
         ++attempt) {  // it may be made before anybody looks
        try {
            const irkit::Session session(model, options);
        } catch (const irkit::Error& error) {
            REQUIRE(error.code() == IRKIT_TIMEOUT);
            ++timeouts;
        }
    }
    CHECK(timeouts == 1);
    options.timeout_microseconds = 3'600'000'000;
    CHECK_NOTHROW(irkit::Session(model, options));
}
