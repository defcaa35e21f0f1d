#include "stopping.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <thread>

namespace irkit::inside {
namespace {

// More than a century would overflow the clock's nanoseconds.
constexpr uint64_t kLongest = uint64_t{1} << 51;

/// No signal of the process is handled by a thread made meanwhile: handlers are the host program's, and
/// expect its threads.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_;
};

}  // namespace

void Stoppable::check() const {
    if (reason_ == IRKIT_TIMEOUT) fail(IRKIT_TIMEOUT, "the time given for the call was over");
    if (reason_ == IRKIT_CANCELLED) fail(IRKIT_CANCELLED, "the call was cancelled");
}

void Canceller::cancel() {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
    for (Stoppable* work : at_work_) work->stop(IRKIT_CANCELLED);
}

void Canceller::reset() {
    const std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = false;
}

void Canceller::add(Stoppable& work) {
    const std::lock_guard<std::mutex> lock(mutex_);
    at_work_.push_back(&work);
    if (cancelled_) work.stop(IRKIT_CANCELLED);
}

void Canceller::remove(Stoppable& work) {
    const std::lock_guard<std::mutex> lock(mutex_);
    at_work_.erase(std::find(at_work_.begin(), at_work_.end(), &work));
}

Watchdog& Watchdog::get() {
    static Watchdog* const the_one =
        new Watchdog;  // leaked on purpose: its thread outlives static destructors
    return *the_one;
}

Watchdog::Watchdog() {
    const SignalsBlocked blocked;
    std::thread([this] { watch(); }).detach();
}

void Watchdog::add(Stoppable& work, uint64_t microseconds) {
    const auto time = std::chrono::microseconds(std::min(microseconds, kLongest));
    const std::lock_guard<std::mutex> lock(mutex_);
    const Clock::time_point deadline = Clock::now() + time;
    const bool is_next = deadline < next_deadline();
    watched_.push_back({deadline, &work});
    if (is_next) changed_.notify_one();
}

void Watchdog::remove(Stoppable& work) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto is_it = [&](const Watched& each) { return each.work == &work; };
    watched_.erase(std::remove_if(watched_.begin(), watched_.end(), is_it), watched_.end());
}

/// Wakes up at each deadline, also at those of calls that are over: that is cheaper than a wake-up for each
/// call.
void Watchdog::watch() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
        const Clock::time_point next = next_deadline();
        if (next == Clock::time_point::max()) {
            changed_.wait(lock);
        } else {
            changed_.wait_until(lock, next);
        }
        stop_what_is_late(Clock::now());
    }
}

void Watchdog::stop_what_is_late(Clock::time_point now) {
    for (Watched& each : watched_) {
        if (each.deadline > now) continue;
        each.work->stop(IRKIT_TIMEOUT);
        each.deadline = Clock::time_point::max();
    }
}

Watchdog::Clock::time_point Watchdog::next_deadline() const {
    Clock::time_point result = Clock::time_point::max();
    for (const Watched& each : watched_) result = std::min(result, each.deadline);
    return result;
}

Stops::Stops(Stoppable& work, Canceller* canceller, uint64_t microseconds)
    : work_(work), canceller_(canceller) {
    if (canceller_) canceller_->add(work_);
    if (microseconds == 0) return;
    try {
        watchdog_ = &Watchdog::get();
        watchdog_->add(work_, microseconds);
    } catch (...) {  // there was no memory, or no thread: nobody may keep a pointer to `work`
        if (canceller_) canceller_->remove(work_);
        throw;
    }
}

Stops::~Stops() {
    if (canceller_) canceller_->remove(work_);
    if (watchdog_) watchdog_->remove(work_);
}

}  // namespace irkit::inside
