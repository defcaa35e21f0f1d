// Stopping what is at work in onnxruntime: from another thread, or because its time is over.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "error.h"

namespace irkit::inside {

/// Something at work that can be told to stop, by any thread.
class Stoppable {
  public:
    virtual ~Stoppable() = default;

    /// The first reason counts.
    void stop(irkit_code reason) noexcept {
        irkit_code none = IRKIT_OK;
        if (reason_.compare_exchange_strong(none, reason)) interrupt();
    }

    /// Why it was told to stop; IRKIT_OK when it was not.
    irkit_code reason() const { return reason_; }

    /// Throws when it was told to stop.
    void check() const;

  private:
    virtual void interrupt() noexcept = 0;
    std::atomic<irkit_code> reason_{IRKIT_OK};
};

/// Stops all that is given to it, until it is reset.
class Canceller {
  public:
    void cancel();
    void reset();

  private:
    friend class Stops;
    void add(Stoppable& work);
    void remove(Stoppable& work);

    std::mutex mutex_;
    std::vector<Stoppable*> at_work_;
    bool cancelled_ = false;
};

/// The thread that stops what takes too long: one in a process, made at the first use and never ended.
class Watchdog {
  public:
    static Watchdog& get();

  private:
    friend class Stops;
    using Clock = std::chrono::steady_clock;
    struct Watched {
        Clock::time_point deadline;
        Stoppable* work;
    };

    Watchdog();
    void add(Stoppable& work, uint64_t microseconds);
    void remove(Stoppable& work);
    [[noreturn]] void watch();
    void stop_what_is_late(Clock::time_point now);
    Clock::time_point next_deadline() const;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Watched> watched_;
};

/// While it lives, `work` can be stopped by the canceller (which may be NULL) and, when microseconds is not
/// 0, by the watchdog.
class Stops {
  public:
    Stops(Stoppable& work, Canceller* canceller, uint64_t microseconds);
    ~Stops();
    Stops(const Stops&) = delete;
    Stops& operator=(const Stops&) = delete;

  private:
    Stoppable& work_;
    Canceller* canceller_;
    Watchdog* watchdog_ = nullptr;
};

}  // namespace irkit::inside
