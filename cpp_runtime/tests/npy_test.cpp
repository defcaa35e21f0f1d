#include "npy.h"

#include <doctest/doctest.h>

#include <irkit/irkit.hpp>

namespace {

std::string npy(const std::string& header, size_t bytes, int version = 1) {
    std::string result = "\x93NUMPY";
    result += {static_cast<char>(version), '\0', static_cast<char>(header.size()), '\0'};
    if (version > 1) result += std::string(2, '\0');
    return result + header + std::string(bytes, '\0');
}

}  // namespace

TEST_CASE("what is written is read back, of every dtype and rank") {
    const std::vector<std::vector<int64_t>> shapes = {{}, {3}, {2, 3}, {0, 4}, {1, 2, 1, 2, 1}};
    for (const auto dtype :
         {IRKIT_FLOAT32, IRKIT_INT64, IRKIT_BOOL, IRKIT_FLOAT16, IRKIT_UINT8, IRKIT_COMPLEX128}) {
        for (const auto& shape : shapes) {
            const size_t size = dtype == IRKIT_INT64        ? 8
                                : dtype == IRKIT_FLOAT32    ? 4
                                : dtype == IRKIT_FLOAT16    ? 2
                                : dtype == IRKIT_COMPLEX128 ? 16
                                                            : 1;
            Array array{dtype, shape, {}};
            size_t count = size;
            for (const int64_t dim : shape) count *= static_cast<size_t>(dim);
            for (size_t k = 0; k < count; ++k) array.data.push_back(static_cast<char>(k % 2));
            const std::string bytes = format_npy(array.tensor());
            CHECK((bytes.size() - count) % 64 == 0);
            const Array again = parse_npy(bytes);
            CHECK(again.dtype == dtype);
            CHECK(again.dims == shape);
            CHECK(again.data == array.data);
        }
    }
}

TEST_CASE("headers of versions 1, 2 and 3, in any order of keys") {
    for (const int version : {1, 2, 3})
        CHECK(
            parse_npy(npy("{'shape': (2,), 'descr': '<f4', 'fortran_order': False}\n", 8, version)).dims[0] ==
            2);
    CHECK(parse_npy(npy("{\"descr\":\"|u1\",\"fortran_order\":False,\"shape\":(1,2,),}", 2)).dims.size() ==
          2);
    CHECK(parse_npy(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2,)}", 8)).dims[0] == 2);
}

TEST_CASE("what is no plain array is refused with its reason") {
    const auto refusal = [](const std::string& bytes) -> std::string {
        try {
            parse_npy(bytes);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "it was read";
    };
    CHECK(refusal("") == "not a .npy file");
    CHECK(refusal("PK\3\4 is a zip file") == "not a .npy file");
    CHECK(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 7)) ==
          "the array should have 8 bytes, the file holds 7");
    CHECK(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 9)) ==
          "the array should have 8 bytes, the file holds 9");
    CHECK(refusal(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2)}", 16)) ==
          "Fortran order; save it with numpy.ascontiguousarray");
    CHECK(refusal(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", 8)) ==
          "big-endian data; save it with astype('<f4')");
    CHECK(refusal(npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}", 8)).find("dtype '|O'") == 0);
    CHECK(refusal(npy("{'descr': '', 'fortran_order': False, 'shape': (2,)}", 8)).find("dtype ''") == 0);
    CHECK(refusal(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,)}", 8))
              .find("structured") != std::string::npos);
    CHECK(refusal(npy("{'descr': '<f4', 'shape': (2,)}", 8)).find("lacks") != std::string::npos);
    CHECK(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 8)) ==
          "a size is too large");
    CHECK(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", 8)) ==
          "the array is too large");
    CHECK(refusal(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", 8)) ==
          "a size is no number");
    CHECK(refusal(std::string("\x93NUMPY\x01\x00\xff\xff", 10)) == "the file is too short");
    const std::string whole = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", 8);
    for (size_t length = 0; length < whole.size(); ++length)
        CHECK(refusal(whole.substr(0, length)) != "it was read");
}
