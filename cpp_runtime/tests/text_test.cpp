#include <doctest/doctest.h>

#include "verify.h"

using irkit::inside::is_utf8;

TEST_CASE("UTF-8 is the shortest form of a scalar value") {
    for (const char* right : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf"})
        CHECK(is_utf8(right));
    for (const char* wrong : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                              "\xf8\x88\x80\x80\x80", "\xff"}) {
        CHECK_FALSE(is_utf8(wrong));
    }
}
