// The exception of this library's inside; the C interface turns it into an irkit_error.
#pragma once

#include <irkit/irkit.h>

#include <exception>
#include <string>
#include <string_view>
#include <type_traits>

namespace irkit::inside {

class Error : public std::exception {
  public:
    Error(irkit_code code, std::string message, std::string layer = {}, std::string source = {})
        : code(code), message(std::move(message)), layer(std::move(layer)), source(std::move(source)) {}
    const char* what() const noexcept override { return message.c_str(); }

    irkit_code code;
    std::string message;
    std::string layer;   // path of the layer at work, may be empty
    std::string source;  // "model.py:12", may be empty
};

inline void append(std::string& to, std::string_view part) {
    to += part;
}
template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
void append(std::string& to, T part) {
    to += std::to_string(part);
}

/// Its arguments, texts and numbers, one after the other.
template <class... Parts>
std::string text(const Parts&... parts) {
    std::string result;
    (append(result, parts), ...);
    return result;
}

template <class... Parts>
[[noreturn]] void fail(irkit_code code, const Parts&... parts) {
    throw Error(code, text(parts...));
}

/// Printable ASCII of a text from a file, for messages: one line, not too long.
std::string quoted(std::string_view from_file);

}  // namespace irkit::inside
