#include "error.h"

namespace irkit::inside {

std::string quoted(std::string_view from_file) {
    constexpr std::size_t kLongest = 80;
    std::string result = "'";
    for (char c : from_file.substr(0, kLongest)) {
        const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        result += is_control ? '?' : c;
    }
    result += from_file.size() > kLongest ? "...'" : "'";
    return result;
}

}  // namespace irkit::inside
