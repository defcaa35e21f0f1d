#include "error.h"

namespace irkit::inside {

void Part::append_to(std::string& to) const {
    switch (kind_) {
        case Kind::text:
            to += text_;
            return;
        case Kind::literal:
            to += literal_;
            return;
        case Kind::whole:
            to += std::to_string(whole_);
            return;
        case Kind::natural:
            to += std::to_string(static_cast<uint64_t>(whole_));
            return;
        case Kind::real:
            to += std::to_string(real_);
            return;
    }
}

std::string joined(PartList parts) {
    std::string result;
    for (const Part& part : parts) part.append_to(result);
    return result;
}

void fail_with(irkit_code code, PartList parts) {
    throw Error(code, joined(parts));
}

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
