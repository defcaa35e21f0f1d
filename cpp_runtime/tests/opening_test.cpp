#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "builder.h"

namespace {

struct Released {
    int times = 0;
    size_t size = 0;
};

void release(void* user, void* data, size_t size) {
    auto* released = static_cast<Released*>(user);
    released->times += 1;
    released->size = size;
    std::free(data);
}

void* aligned_copy(const std::string& bytes) {
    void* data = std::aligned_alloc(64, (bytes.size() + 63) / 64 * 64);
    std::memcpy(data, bytes.data(), bytes.size());
    return data;
}

}  // namespace

TEST_CASE("a model opens from a descriptor, which may be closed then") {
    const std::string path = "opening_test.irk";
    std::ofstream(path, std::ios::binary) << gemm_relu().bytes();
    const int fd = ::open(path.c_str(), O_RDONLY);
    REQUIRE(fd >= 0);
    const irkit::Model model = irkit::Model::from_fd(fd);
    ::close(fd);
    ::unlink(path.c_str());
    const std::vector<float> x(4, 1);
    const irkit::Session session(model);
    CHECK(session.run({irkit::tensor(x.data(), {1, 4})})[0].values<float>()[2] == gemm_relu_of(x)[2]);
    CHECK_THROWS_WITH(irkit::Model::from_fd(-1), doctest::Contains("file descriptor -1"));
    int pipes[2];
    REQUIRE(::pipe(pipes) == 0);
    CHECK_THROWS_WITH(irkit::Model::from_fd(pipes[0]), doctest::Contains("not a regular file"));
    ::close(pipes[0]);
    ::close(pipes[1]);
}

TEST_CASE("owned memory is given back once, when nobody needs it any more") {
    const std::string bytes = gemm_relu().bytes();
    Released released;
    irkit_model* model = nullptr;
    irkit::check(
        irkit_model_from_owned(aligned_copy(bytes), bytes.size(), release, &released, nullptr, &model));
    irkit_session* session = nullptr;
    irkit::check(irkit_session_create(model, nullptr, &session));
    irkit_model_free(model);
    CHECK(released.times == 0);
    irkit_session_free(session);
    CHECK(released.times == 1);
    CHECK(released.size == bytes.size());
}

TEST_CASE("owned memory is given back once, also when it is no model") {
    for (const size_t length : {size_t{0}, size_t{100}}) {
        Released released;
        irkit_model* model = nullptr;
        irkit_error* error = irkit_model_from_owned(aligned_copy(std::string(length, 'x')), length, release,
                                                    &released, nullptr, &model);
        CHECK(irkit_error_code(error) == IRKIT_FORMAT_ERROR);
        irkit_error_free(error);
        CHECK(released.times == 1);
    }
    Released released;
    char* data = static_cast<char*>(std::aligned_alloc(64, 128));
    irkit_error* error = irkit_model_from_owned(
        data + 1, 8, [](void* user, void*, size_t) { ++static_cast<Released*>(user)->times; }, &released,
        nullptr, nullptr);
    CHECK(irkit_error_code(error) == IRKIT_INVALID_ARGUMENT);
    irkit_error_free(error);
    CHECK(released.times == 1);
    std::free(data);
}

TEST_CASE("the caller's limits are kept") {
    const std::string bytes = gemm_relu().bytes();
    irkit_model_options options = IRKIT_MODEL_OPTIONS_INIT;
    options.max_nodes = 2;
    options.max_file_size = bytes.size();
    CHECK_NOTHROW(irkit::Model(bytes.data(), bytes.size(), options));
    options.max_nodes = 1;
    CHECK_THROWS_WITH(irkit::Model(bytes.data(), bytes.size(), options),
                      "PROGRAM: nodes: 2, at most 1 are allowed");
    options.max_nodes = 0;
    options.max_file_size = bytes.size() - 1;
    CHECK_THROWS_WITH(irkit::Model(bytes.data(), bytes.size(), options), doctest::Contains("are allowed"));
    const std::string path = "opening_test_limit.irk";
    std::ofstream(path, std::ios::binary) << bytes;
    try {
        irkit::Model model(path, options);
        FAIL("it opened");
    } catch (const irkit::Error& error) {
        CHECK(error.code() == IRKIT_LIMIT_ERROR);
    }
    ::unlink(path.c_str());
}
