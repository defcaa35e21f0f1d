// Eight threads call one session while another opens and closes models: irkit-soak SECONDS [--check-memory]
//
// Batch sizes are random; one call in a hundred is a mistake, one runs under a timeout, one is cancelled
// before it begins. Every output is compared byte for byte with what arithmetic says. Fails on a mismatch, a
// wrong error, or (with
// --check-memory) when memory grows by 2 MB or more after the first fifth of the time. Meant for
// ThreadSanitizer too.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <thread>

#include "builder.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Tally {
    uint64_t calls = 0, refused = 0, cancelled = 0, mismatches = 0;
    std::vector<uint32_t> nanoseconds = std::vector<uint32_t>(1 << 18, 0);  // of the last calls; 0: none yet

    void add_time(Clock::duration time) {
        nanoseconds[calls % nanoseconds.size()] =
            static_cast<uint32_t>(std::min<int64_t>(time.count(), UINT32_MAX));
    }
};

class Caller {
  public:
    Caller(const irkit::Session& session, unsigned seed) : session_(session), random_(seed) {
        stopped_.cancel();
    }

    void run_until(const std::atomic<bool>& end) {
        while (!end) one_call();
    }
    const Tally& tally() const { return tally_; }

  private:
    void one_call() {
        const auto batch = static_cast<int64_t>(random_() % 64);
        x_.resize(static_cast<size_t>(4 * batch));
        for (float& each : x_) each = static_cast<float>(random_() % 15) - 7;
        switch (random_() % 100) {
            case 0:
                return refused(batch);
            case 1:
                return cancelled(batch);
            case 2:
                return right(batch, irkit::RunLimits(std::chrono::hours(1)));
            default:
                return right(batch, irkit::RunLimits());
        }
    }

    void right(int64_t batch, const irkit::RunLimits& limits) {
        const auto start = Clock::now();
        const irkit::Outputs outputs = session_.run({irkit::tensor(x_.data(), {batch, 4})}, limits);
        tally_.add_time(Clock::now() - start);
        ++tally_.calls;
        const auto y = outputs[0].values<float>();
        const std::vector<float> expected = gemm_relu_of(x_);
        const bool same = y.size() == expected.size() &&
                          std::memcmp(y.data(), expected.data(), y.size() * sizeof(float)) == 0;
        tally_.mismatches += !same;
    }

    void refused(int64_t batch) {
        expect(IRKIT_SHAPE_ERROR, {irkit::tensor(x_.data(), {batch, 2, 2})}, irkit::RunLimits());
        ++tally_.refused;
    }

    void cancelled(int64_t batch) {
        expect(IRKIT_CANCELLED, {irkit::tensor(x_.data(), {batch, 4})}, irkit::RunLimits(stopped_));
        ++tally_.cancelled;
    }

    void expect(irkit_code code, const std::vector<irkit_tensor>& inputs, const irkit::RunLimits& limits) {
        try {
            session_.run(inputs, limits);
            ++tally_.mismatches;
        } catch (const irkit::Error& error) {
            tally_.mismatches += error.code() != code;
        }
    }

    const irkit::Session& session_;
    std::minstd_rand random_;
    irkit::Canceller stopped_;
    std::vector<float> x_;
    Tally tally_;
};

irkit_session_options one_thread() {
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.threads = 1;
    return options;
}

/// Opens models and makes sessions, over and over.
uint64_t load_until(const std::string& bytes, const std::atomic<bool>& end) {
    uint64_t loads = 0;
    for (; !end; ++loads) {
        const irkit::Model model(bytes.data(), bytes.size());
        if (loads % 16 == 0) irkit::Session(model, one_thread());
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return loads;
}

/// Of this process, in bytes.
int64_t resident_memory() {
    std::ifstream statm("/proc/self/statm");
    int64_t all = 0, resident = 0;
    statm >> all >> resident;
    return resident * ::sysconf(_SC_PAGESIZE);
}

void print_times(std::vector<uint32_t> times) {
    times.erase(std::remove(times.begin(), times.end(), 0U), times.end());
    if (times.empty()) return;
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
        return times[static_cast<size_t>(share * double(times.size() - 1))] / 1e3;
    };
    std::printf("call: median %.1f us, p99 %.1f us, p99.9 %.1f us, longest %.1f us\n", at(0.5), at(0.99),
                at(0.999), at(1));
}

Tally sum(const std::vector<std::unique_ptr<Caller>>& callers) {
    Tally all;
    all.nanoseconds.clear();
    for (const auto& caller : callers) {
        const Tally& each = caller->tally();
        all.calls += each.calls;
        all.refused += each.refused;
        all.cancelled += each.cancelled;
        all.mismatches += each.mismatches;
        all.nanoseconds.insert(all.nanoseconds.end(), each.nanoseconds.begin(), each.nanoseconds.end());
    }
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    const double seconds = argc > 1 ? std::atof(argv[1]) : 10;
    const bool check_memory = argc > 2 && std::strcmp(argv[2], "--check-memory") == 0;
    const std::string bytes = gemm_relu().bytes();
    const irkit::Session session(irkit::Model(bytes.data(), bytes.size()), one_thread());

    std::atomic<bool> end{false};
    std::vector<std::unique_ptr<Caller>> callers;
    std::vector<std::thread> threads;
    for (unsigned k = 0; k < 8; ++k) {
        Caller& caller = *callers.emplace_back(std::make_unique<Caller>(session, k + 1));
        threads.emplace_back([&] { caller.run_until(end); });
    }
    uint64_t loads = 0;
    threads.emplace_back([&] { loads = load_until(bytes, end); });
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds / 5));
    const int64_t before = resident_memory();
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds * 4 / 5));
    const int64_t growth = resident_memory() - before;
    end = true;
    for (std::thread& thread : threads) thread.join();

    const Tally all = sum(callers);
    std::printf("%llu calls, %llu refused, %llu cancelled, %llu loads, %llu mismatches, memory %+.2f MB\n",
                static_cast<unsigned long long>(all.calls), static_cast<unsigned long long>(all.refused),
                static_cast<unsigned long long>(all.cancelled), static_cast<unsigned long long>(loads),
                static_cast<unsigned long long>(all.mismatches), double(growth) / 1e6);
    print_times(all.nanoseconds);
    const bool grew = check_memory && growth >= 2'000'000;
    return all.mismatches > 0 || all.calls == 0 || all.refused == 0 || all.cancelled == 0 || loads == 0 ||
           grew;
}
