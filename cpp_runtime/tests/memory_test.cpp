// When memory runs out while a file is opened, that is an error, and nothing leaks or breaks: each allocation
// fails once, and from each one on all fail. A program of its own, since it replaces operator new.
#include <cstdio>
#include <cstdlib>
#include <new>

#include "builder.h"

namespace {

long countdown = -1;     // allocations until one fails; negative: none does
bool and_after = false;  // whether all that follow fail, too
long live = 0;           // allocations that were not given back

void* allocated(size_t size, size_t alignment) {
    if (countdown == 0 || (and_after && countdown < -1)) {
        countdown = and_after ? -2 : -1;
        throw std::bad_alloc();
    }
    if (countdown > 0) --countdown;
    ++live;
    return std::aligned_alloc(alignment, (size / alignment + 1) * alignment);
}

void given_back(void* memory) {
    if (memory) --live;
    std::free(memory);
}

/// Opens `bytes` with the n-th allocation failing; whether it got that far.
bool opens_without(const std::string& bytes, long n, bool all_after, const char* what) {
    const long before = live;
    irkit_model* model = nullptr;
    countdown = n;
    and_after = all_after;
    irkit_error* error = irkit_model_from_copy(bytes.data(), bytes.size(), nullptr, &model);
    const bool failed = countdown < 0;
    countdown = -1;
    and_after = false;
    const irkit_code code = irkit_error_code(error);
    irkit_error_free(error);
    irkit_model_free(model);
    const bool right = failed ? code == IRKIT_OUT_OF_MEMORY && !model : code == IRKIT_OK && model;
    if (right && live == before) return failed;
    std::printf("%s, allocation %ld: code %d, %ld allocations leaked\n", what, n, code, live - before);
    std::exit(1);
}

}  // namespace

void* operator new(size_t size) {
    return allocated(size, alignof(std::max_align_t));
}
void* operator new(size_t size, std::align_val_t alignment) {
    return allocated(size, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept {
    given_back(memory);
}
void operator delete(void* memory, size_t) noexcept {
    given_back(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    given_back(memory);
}
void operator delete(void* memory, size_t, std::align_val_t) noexcept {
    given_back(memory);
}

int main() {
    const struct {
        const char* what;
        std::string bytes;
    } files[] = {
        {"gemm_relu", gemm_relu().bytes()},
        {"with_branches", with_branches().bytes()},
        {"with_loop", with_loop().bytes()},
    };
    for (const auto& file : files) {
        for (const bool all_after : {false, true}) {
            long n = 0;
            while (opens_without(file.bytes, n, all_after, file.what)) ++n;
            if (n < 5) return std::printf("%s: only %ld allocations\n", file.what, n), 1;
            std::printf("%s: each of %ld allocations failed%s\n", file.what, n,
                        all_after ? ", and all after it" : "");
        }
    }
    return 0;
}
