// What the files of the C interface share: its handles, and how an exception becomes an error.
#pragma once

#include <algorithm>
#include <cstring>

#include "session.h"

struct irkit_error {
    irkit_code code;
    std::string message, layer, source;
};

struct irkit_model {
    std::shared_ptr<const irkit::inside::Model> model;
};

struct irkit_session {
    irkit::inside::Session session;
};

struct irkit_result {
    irkit::inside::Result result;
};

struct irkit_canceller {
    irkit::inside::Canceller canceller;
};

struct irkit_profile {
    irkit::inside::Profile profile;
};

namespace irkit::inside {

/// The exception that is being handled, as an error. Apart from `guard`, so that it stands in the library
/// once.
irkit_error* error_of_exception() noexcept;

/// Runs `body`; what it throws becomes the error that is returned.
template <class Body>
irkit_error* guard(Body body) noexcept {
    try {
        body();
        return nullptr;
    } catch (...) {
        return error_of_exception();
    }
}

/// InvalidArgument unless it holds.
void require(bool holds, const char* what);

/// The bytes of a caller's options, of whatever age, over the defaults in `result`.
void read_options_bytes(const void* given, size_t given_size, void* result, size_t size);

/// The caller's options as ours. Fields that it does not have keep their defaults.
template <class Struct>
Struct read_options(const Struct* given, Struct result) {
    if (given) read_options_bytes(given, given->struct_size, &result, sizeof result);
    return result;
}

/// Ours into the caller's struct, as far as it has room.
template <class Struct>
void write_struct(const Struct& ours, Struct* given) {
    const size_t size = given->struct_size;
    require(size >= sizeof size, "struct_size is not set");
    std::memcpy(static_cast<void*>(given), &ours, std::min(size, sizeof ours));
    given->struct_size = size;
}

/// A text or bytes into the caller's buffer, as irkit.h says of `buffer`, `capacity` and `size`.
void write_buffer(std::string_view from, bool is_text, void* buffer, size_t capacity, size_t* size);

inline const char* text_of(const flatbuffers::String* string) {
    return string ? string->c_str() : "";
}

}  // namespace irkit::inside
