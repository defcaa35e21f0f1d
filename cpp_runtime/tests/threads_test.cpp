#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "builder.h"

TEST_CASE("eight threads share one session, with good and bad calls of random sizes") {
    const std::string bytes = gemm_relu().bytes();
    const irkit::Session session(irkit::Model(bytes.data(), bytes.size()));
    std::atomic<int> mismatches{0}, refusals{0};
    const auto work = [&](unsigned seed) {
        for (int call = 0; call < 300; ++call) {
            seed = seed * 1103515245U + 12345U;
            const int64_t batch = seed >> 16 & 31;
            std::vector<float> x(static_cast<size_t>(4 * batch));
            for (size_t k = 0; k < x.size(); ++k) x[k] = static_cast<float>((seed >> k % 13) & 7) - 3;
            if (call % 100 == 99) {
                try {
                    session.run({irkit::tensor(x.data(), {batch, 2, 2})});
                } catch (const irkit::Error&) {
                    ++refusals;
                }
                continue;
            }
            const irkit::Outputs outputs = session.run({irkit::tensor(x.data(), {batch, 4})});
            const auto y = outputs[0].values<float>();
            mismatches += std::vector<float>(y.begin(), y.end()) != gemm_relu_of(x);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned k = 0; k < 8; ++k) threads.emplace_back(work, k + 1);
    // Meanwhile others open and close models.
    for (int k = 0; k < 50; ++k) irkit::Model(bytes.data(), bytes.size());
    for (std::thread& thread : threads) thread.join();
    CHECK(mismatches == 0);
    CHECK(refusals == 8 * 3);
}
