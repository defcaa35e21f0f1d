#include "checked.h"

#include <doctest/doctest.h>

#include "dtype.h"

using namespace irkit::inside;

TEST_CASE("sums and products that do not fit are nothing") {
    CHECK(checked_add<uint64_t>(~0ULL, 1) == std::nullopt);
    CHECK(checked_mul<uint64_t>(1ULL << 32, 1ULL << 32) == std::nullopt);
    CHECK(checked_add<int64_t>(INT64_MAX, 1) == std::nullopt);
    CHECK(checked_round_up(~0ULL - 3, 64) == std::nullopt);
    CHECK(checked_round_up(65, 64) == 128);
}

TEST_CASE("division rounds as in Python") {
    CHECK(checked_floordiv(-7, 2) == -4);
    CHECK(checked_mod(-7, 2) == 1);
    CHECK(checked_floordiv(7, -2) == -4);
    CHECK(checked_mod(7, -2) == -1);
    CHECK(checked_floordiv(1, 0) == std::nullopt);
    CHECK(checked_mod(1, 0) == std::nullopt);
    CHECK(checked_floordiv(INT64_MIN, -1) == std::nullopt);
    CHECK(checked_mod(INT64_MIN, -1) == 0);
}

TEST_CASE("a view refuses what lies outside of it") {
    const char data[] = "12345678";
    const Bytes bytes(data, 8);
    CHECK(bytes.read<uint64_t>(0) != 0);
    CHECK_THROWS_AS(bytes.read<uint64_t>(1), Error);
    CHECK_THROWS_AS(bytes.slice(9, 0), Error);
    CHECK_THROWS_AS(bytes.slice(4, ~0ULL), Error);
}

TEST_CASE("sizes of tensors") {
    const int64_t huge[] = {INT64_MAX, INT64_MAX, 0};
    CHECK(element_count(huge, 2) == std::nullopt);
    CHECK(element_count(huge, 3) == 0);
    CHECK(element_count(huge, 0) == 1);
    CHECK(packed_size(IRKIT_INT4, 5) == 3);
    CHECK(packed_size(IRKIT_COMPLEX128, 2) == 32);
    CHECK(packed_size(IRKIT_STRING, 2) == std::nullopt);
    CHECK(packed_size(IRKIT_FLOAT64, 1ULL << 61) == std::nullopt);
}
