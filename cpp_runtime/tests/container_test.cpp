#include <doctest/doctest.h>

#include <chrono>
#include <fstream>

#include "builder.h"
#include "hash.h"

namespace {

/// A whole small file, hashes mended after the change, so that the rule in question is what refuses it.
std::string mended(std::string bytes) {
    using irkit::inside::Bytes;
    using irkit::inside::hash_of;
    uint32_t sections;
    std::memcpy(&sections, bytes.data() + 12, 4);
    const uint64_t table = hash_of(Bytes(bytes.data() + 64, std::min<uint64_t>(sections, 5) * 32));
    bytes.replace(48, 8, reinterpret_cast<const char*>(&table), 8);
    const uint64_t prelude = hash_of(Bytes(bytes.data(), 56));
    return bytes.replace(56, 8, reinterpret_cast<const char*>(&prelude), 8);
}

std::string with_u64(std::string bytes, size_t at, uint64_t value) {
    return bytes.replace(at, 8, reinterpret_cast<const char*>(&value), 8);
}

}  // namespace

TEST_CASE("a right file opens") {
    CHECK(open_bytes(gemm_relu().bytes()).code == IRKIT_OK);
}

TEST_CASE("a file cut anywhere is a FormatError") {
    const std::string whole = gemm_relu().bytes();
    for (size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        REQUIRE(open_bytes(whole.substr(0, length)).code == IRKIT_FORMAT_ERROR);
    }
}

TEST_CASE("a file with any one bit changed is refused") {
    const std::string whole = gemm_relu().bytes();
    for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
        std::string changed = whole;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
        CAPTURE(bit);
        REQUIRE(open_bytes(changed).code == IRKIT_FORMAT_ERROR);
    }
}

TEST_CASE("bytes after the end are a FormatError") {
    CHECK(open_bytes(gemm_relu().bytes() + '\0').code == IRKIT_FORMAT_ERROR);
    std::string longer = gemm_relu().bytes();
    longer.append(64, '\0');
    CHECK(open_bytes(mended(with_u64(longer, 32, longer.size())))
              .message.find("bytes after the last section") != std::string::npos);
}

TEST_CASE("a file of the future is unsupported, and the message names both versions") {
    Parts parts = gemm_relu();
    parts.version = 2;
    const Outcome outcome = open_bytes(parts.bytes());
    CHECK(outcome.code == IRKIT_UNSUPPORTED_ERROR);
    CHECK(outcome.message == "byte 8: format version 2; this irkit reads version 1");
    parts.version = 1;
    parts.flags = 1ULL << 40;
    CHECK(open_bytes(parts.bytes()).message ==
          "byte 16: the file needs feature 40, which this irkit does not have");
}

TEST_CASE("a section anywhere but at its place is a FormatError") {
    const std::string whole = gemm_relu().bytes();
    for (const uint64_t offset : {0ULL, 64ULL, 4096ULL, ~0ULL, ~0ULL - 63, 1ULL << 63}) {
        CAPTURE(offset);
        CHECK(open_bytes(mended(with_u64(whole, 64 + 8, offset))).code == IRKIT_FORMAT_ERROR);
        // As a length: too long for any PROGRAM comes before wrong for this file.
        const irkit_code expected = offset > 536'870'912 ? IRKIT_LIMIT_ERROR : IRKIT_FORMAT_ERROR;
        CHECK(open_bytes(mended(with_u64(whole, 64 + 16, offset))).code == expected);
    }
}

TEST_CASE("sections must be of known kinds, ascending, and all there") {
    const std::string whole = gemm_relu().bytes();
    CHECK(open_bytes(mended(with_u64(whole, 64, 9))).code == IRKIT_UNSUPPORTED_ERROR);
    CHECK(open_bytes(mended(with_u64(whole, 64, 2))).code == IRKIT_FORMAT_ERROR);
    CHECK(open_bytes(mended(with_u64(whole, 64 + 32, 3))).message.find("IR is missing") != std::string::npos);
    std::string many = whole;
    many[12] = 6;
    CHECK(open_bytes(mended(many)).code == IRKIT_FORMAT_ERROR);
}

TEST_CASE("a program of another model's IR is a FormatError") {
    Parts parts = gemm_relu();
    parts.right_ir_hash = false;
    CHECK(open_bytes(parts.bytes()).message == "PROGRAM: belongs to another IR section");
}

TEST_CASE("damaged weights pass only when nobody asks") {
    std::string changed = gemm_relu().bytes();
    changed.back() = static_cast<char>(changed.back() ^ 1);
    for (const auto verify : {IRKIT_VERIFY_AUTO, IRKIT_VERIFY_ALWAYS}) {
        const irkit_model_options options{sizeof options, verify, 0, 0};
        CHECK_THROWS_AS(irkit::Model(changed.data(), changed.size(), options), irkit::Error);
    }
    const irkit_model_options never{sizeof never, IRKIT_VERIFY_NEVER, 0, 0};
    CHECK_NOTHROW(irkit::Model(changed.data(), changed.size(), never));
}

TEST_CASE("a model opens from a path, and a missing path is an IoError") {
    const std::string path = "container_test.irk";
    std::ofstream(path, std::ios::binary) << gemm_relu().bytes();
    CHECK(std::string(irkit::Model(path).input(0).type) == "float32[batch, 4]");
    std::ofstream(path, std::ios::binary).flush();
    for (const std::string& wrong : {std::string("no such file"), std::string("/"), path}) {
        irkit_model* model = nullptr;
        irkit_error* error = irkit_model_open(wrong.c_str(), nullptr, &model);
        CHECK(irkit_error_code(error) == (wrong == path ? IRKIT_FORMAT_ERROR : IRKIT_IO_ERROR));
        CHECK(model == nullptr);
        irkit_error_free(error);
    }
    std::remove(path.c_str());
}

TEST_CASE("borrowed memory must be aligned") {
    const std::string whole = gemm_relu().bytes();
    std::string room(whole.size() + 128, '\0');
    char* start = room.data() + (64 - reinterpret_cast<uintptr_t>(room.data()) % 64);
    std::memcpy(start, whole.data(), whole.size());
    irkit_model* model = nullptr;
    CHECK(irkit_model_from_memory(start, whole.size(), nullptr, &model) == nullptr);
    irkit_model_free(model);
    irkit_error* error = irkit_model_from_memory(start + 1, whole.size() - 1, nullptr, &model);
    CHECK(irkit_error_code(error) == IRKIT_INVALID_ARGUMENT);
    irkit_error_free(error);
}
