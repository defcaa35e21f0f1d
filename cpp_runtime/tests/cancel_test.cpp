#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include "builder.h"

TEST_CASE("a loop without end is cancelled from another thread") {
    const std::string bytes = with_loop().bytes();
    const irkit::Session session(irkit::Model(bytes.data(), bytes.size()));
    irkit_canceller* canceller = nullptr;
    irkit::check(irkit_canceller_create(session.handle(), &canceller));

    std::thread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        irkit_error_free(irkit_cancel(canceller));
    });
    const int64_t trips = INT64_MAX;
    const float one = 1;
    const std::vector<irkit_tensor> inputs = {irkit::tensor(&trips, {}), irkit::tensor(&one, {1, 1})};
    try {
        session.run(inputs, canceller);
        FAIL("it came to an end");
    } catch (const irkit::Error& error) {
        CHECK(error.code() == IRKIT_CANCELLED);
    }
    other.join();

    irkit::check(irkit_canceller_reset(canceller));
    const int64_t few = 2;
    CHECK_NOTHROW(session.run({irkit::tensor(&few, {}), inputs[1]}, canceller));
    irkit_canceller_free(canceller);
}
