#include "npy.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace {

struct Kind {
    const char* descr;
    irkit_dtype dtype;
    size_t size;
};
constexpr Kind kKinds[] = {
    {"|b1", IRKIT_BOOL, 1},      {"|i1", IRKIT_INT8, 1},         {"<i2", IRKIT_INT16, 2},
    {"<i4", IRKIT_INT32, 4},     {"<i8", IRKIT_INT64, 8},        {"|u1", IRKIT_UINT8, 1},
    {"<u2", IRKIT_UINT16, 2},    {"<u4", IRKIT_UINT32, 4},       {"<u8", IRKIT_UINT64, 8},
    {"<f2", IRKIT_FLOAT16, 2},   {"<f4", IRKIT_FLOAT32, 4},      {"<f8", IRKIT_FLOAT64, 8},
    {"<c8", IRKIT_COMPLEX64, 8}, {"<c16", IRKIT_COMPLEX128, 16},
};

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicSize = 6;

[[noreturn]] void refuse(const std::string& why) {
    throw std::runtime_error(why);
}

void require(bool holds, const std::string& why) {
    if (!holds) refuse(why);
}

/// The header: a Python dict literal with the keys descr, fortran_order and shape, in any order.
class HeaderParser {
  public:
    explicit HeaderParser(std::string text) : text_(std::move(text)) {}

    void parse(std::string& descr, bool& fortran, std::vector<int64_t>& dims) {
        expect('{');
        int found = 0;
        while (!accept('}')) {
            const std::string key = quoted();
            expect(':');
            if (key == "descr")
                descr = quoted(), found |= 1;
            else if (key == "fortran_order")
                fortran = boolean(), found |= 2;
            else if (key == "shape")
                dims = tuple(), found |= 4;
            else
                refuse("unknown key '" + key + "' in the header");
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        skip_spaces();
        require(at_ == text_.size(), "text after the header");
        require(found == 7, "the header lacks descr, fortran_order or shape");
    }

  private:
    void skip_spaces() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    bool accept(char wanted) {
        skip_spaces();
        if (at_ >= text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    void expect(char wanted) {
        require(accept(wanted), std::string("'") + wanted + "' expected in the header");
    }

    std::string quoted() {
        skip_spaces();
        require(at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"'),
                "a structured dtype, or no header at all");
        const size_t end = text_.find(text_[at_], at_ + 1);
        require(end != std::string::npos, "a string in the header does not end");
        const std::string result = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return result;
    }

    bool boolean() {
        skip_spaces();
        for (const char* word : {"True", "False"}) {
            if (text_.compare(at_, std::strlen(word), word) != 0) continue;
            at_ += std::strlen(word);
            return word[0] == 'T';
        }
        refuse("fortran_order is neither True nor False");
    }

    std::vector<int64_t> tuple() {
        std::vector<int64_t> result;
        expect('(');
        while (!accept(')')) {
            result.push_back(number());
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
        require(result.size() <= IRKIT_MAX_RANK, "more than 32 axes");
        return result;
    }

    int64_t number() {
        skip_spaces();
        const size_t start = at_;
        int64_t result = 0;
        for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
            const bool overflow = __builtin_mul_overflow(result, 10, &result) ||
                                  __builtin_add_overflow(result, text_[at_] - '0', &result);
            require(!overflow, "a size is too large");
        }
        require(at_ > start, "a size is no number");
        return result;
    }

    std::string text_;
    size_t at_ = 0;
};

const Kind& kind_of(const std::string& descr) {
    for (const Kind& kind : kKinds) {
        if (descr == kind.descr) return kind;
    }
    if (!descr.empty() && descr[0] == '>')
        refuse("big-endian data; save it with astype('<" + descr.substr(1) + "')");
    refuse("dtype '" + descr + "' is not one that a model takes from a file");
}

size_t data_size(const std::vector<int64_t>& dims, size_t element) {
    size_t result = element;
    for (const int64_t dim : dims)
        require(!__builtin_mul_overflow(result, dim, &result), "the array is too large");
    return result;
}

template <class T>
T little(const std::string& bytes, size_t at) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

}  // namespace

irkit_tensor Array::tensor() {
    irkit_tensor result{};
    result.dtype = dtype;
    result.rank = static_cast<int32_t>(dims.size());
    std::copy(dims.begin(), dims.end(), result.dims);
    result.data = data.data();
    result.size = data.size();
    return result;
}

Array parse_npy(const std::string& bytes) {
    require(bytes.size() >= 10 && bytes.compare(0, kMagicSize, kMagic) == 0, "not a .npy file");
    const int version = bytes[6];
    require(version >= 1 && version <= 3, "version " + std::to_string(version) + " of .npy");
    const size_t start = version == 1 ? 10 : 12;
    require(bytes.size() >= start, "the file is too short");
    const size_t length = version == 1 ? little<uint16_t>(bytes, 8) : little<uint32_t>(bytes, 8);
    require(length <= bytes.size() - start, "the file is too short");

    std::string descr;
    bool fortran = false;
    Array result;
    HeaderParser(bytes.substr(start, length)).parse(descr, fortran, result.dims);
    const Kind& kind = kind_of(descr);
    require(!fortran || result.dims.size() < 2, "Fortran order; save it with numpy.ascontiguousarray");
    const size_t size = data_size(result.dims, kind.size);
    const size_t found = bytes.size() - start - length;
    require(found == size, "the array should have " + std::to_string(size) + " bytes, the file holds " +
                               std::to_string(found));
    result.dtype = kind.dtype;
    result.data.assign(bytes.end() - static_cast<std::ptrdiff_t>(size), bytes.end());
    return result;
}

std::string format_npy(const irkit_tensor& tensor) {
    const Kind* kind = nullptr;
    for (const Kind& each : kKinds) {
        if (each.dtype == tensor.dtype) kind = &each;
    }
    require(kind, std::string("NumPy has no dtype for ") + irkit_dtype_name(tensor.dtype));
    std::string header = std::string("{'descr': '") + kind->descr + "', 'fortran_order': False, 'shape': (";
    for (int32_t k = 0; k < tensor.rank; ++k) {
        header += std::to_string(tensor.dims[k]) + (k + 1 < tensor.rank ? ", " : tensor.rank == 1 ? "," : "");
    }
    header += "), }";
    header.append(63 - (10 + header.size()) % 64, ' ');  // so that the data starts at a multiple of 64
    header += '\n';
    std::string result(kMagic, kMagicSize);
    result +=
        {'\x01', '\x00', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    result += header;
    result.append(static_cast<const char*>(tensor.data), tensor.size);
    return result;
}

Array read_npy(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    require(file.good(), path + ": " + std::strerror(errno));
    std::ostringstream bytes;
    bytes << file.rdbuf();
    try {
        return parse_npy(bytes.str());
    } catch (const std::runtime_error& error) {
        refuse(path + ": " + error.what());
    }
}

void write_npy(const std::string& path, const irkit_tensor& tensor) {
    const std::string bytes = format_npy(tensor);
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size())).flush();
    require(file.good(), path + ": " + std::strerror(errno));
}
