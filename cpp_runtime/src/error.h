// The exception of this library's inside; the C interface turns it into an irkit_error.
#pragma once

#include <irkit/irkit.h>

#include <exception>
#include <initializer_list>
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

/// A piece of a message: a text or a number. One type for all, so that each message in this library costs a
/// few instructions where it is made and not a string of its own.
class Part {
  public:
    Part(std::string_view text) : text_(text) {}
    Part(const char* text) : kind_(Kind::literal), literal_(text) {}  // measured later, at one place
    Part(const std::string& text) : text_(text) {}
    template <class T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
    Part(T number)
        : kind_(std::is_floating_point_v<T> ? Kind::real
                : std::is_signed_v<T>       ? Kind::whole
                                            : Kind::natural) {
        if constexpr (std::is_floating_point_v<T>) {
            real_ = number;
        } else {
            whole_ = static_cast<int64_t>(number);
        }
    }
    void append_to(std::string& to) const;

  private:
    enum class Kind { text, literal, whole, natural, real } kind_ = Kind::text;
    union {
        std::string_view text_;
        const char* literal_;
        int64_t whole_;
        double real_;
    };
};

using PartList = std::initializer_list<Part>;
std::string joined(PartList parts);
[[noreturn]] void fail_with(irkit_code code, PartList parts);

/// Its arguments, texts and numbers, one after the other.
template <class... Parts>
std::string text(const Parts&... parts) {
    return joined({Part(parts)...});
}

template <class... Parts>
[[noreturn]] void fail(irkit_code code, const Parts&... parts) {
    fail_with(code, {Part(parts)...});
}

/// Printable ASCII of a text from a file, for messages: one line, not too long.
std::string quoted(std::string_view from_file);

}  // namespace irkit::inside
