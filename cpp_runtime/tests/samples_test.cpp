#include <doctest/doctest.h>

#include <cstring>

#include "builder.h"

namespace {

template <class T>
void put(std::string& to, T value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_tensor(std::string& to, const std::vector<int64_t>& dims, const std::vector<float>& values) {
    to.resize((to.size() + 7) / 8 * 8);
    put(to, uint8_t{1});
    put(to, static_cast<uint8_t>(dims.size()));
    to.append(6, '\0');
    for (const int64_t dim : dims) put(to, dim);
    put(to, uint64_t{4 * values.size()});
    to.resize((to.size() + 63) / 64 * 64);
    for (const float value : values) put(to, value);
}

/// Two samples, of batch 1 and batch 2. `error` is added to each expected output.
std::string vectors(float error = 0) {
    std::string result;
    for (const uint32_t number : {2U, 1U, 1U, 0U}) put(result, number);
    put(result, 1e-4);
    put(result, uint64_t{0});
    const std::vector<float> inputs[] = {{1, 2, 3, 4}, {0, -1, 2, 5, 1, 1, 1, 1}};
    for (const auto& x : inputs) {
        const auto batch = static_cast<int64_t>(x.size() / 4);
        std::vector<float> y = gemm_relu_of(x);
        for (float& value : y) value += error;
        put_tensor(result, {batch, 4}, x);
        put_tensor(result, {batch, 3}, y);
    }
    return result;
}

}  // namespace

TEST_CASE("the samples of a file can be read and run") {
    Parts parts = gemm_relu();
    parts.vectors = vectors();
    const std::string bytes = parts.bytes();
    const irkit::Model model(bytes.data(), bytes.size());
    CHECK(model.info().samples == 2);
    irkit_tensor input, output;
    irkit::check(irkit_model_get_sample(model.handle(), 1, &input, &output));
    CHECK(input.dims[0] == 2);
    CHECK(static_cast<float*>(input.data)[3] == 5);
    CHECK(irkit::Session(model).self_test() == 2);
}

TEST_CASE("a sample that comes out differently fails with sample, output and numbers") {
    Parts parts = gemm_relu();
    parts.vectors = vectors(1);
    const std::string bytes = parts.bytes();
    const irkit::Model model(bytes.data(), bytes.size());
    const irkit::Session session(model);
    CHECK_THROWS_WITH(session.self_test(), doctest::Contains("sample 0, output 'y': element 0: expected 41"));
}

TEST_CASE("samples that are cut or do not fit the signature are a FormatError") {
    Parts parts = gemm_relu();
    const std::string whole = vectors();
    for (size_t length = 1; length < whole.size(); ++length) {
        CAPTURE(length);
        parts.vectors = whole.substr(0, length);
        REQUIRE(open_bytes(parts.bytes()).code == IRKIT_FORMAT_ERROR);
    }
    for (const size_t at : {4, 12, 24, 32, 34, 40, 60}) {
        CAPTURE(at);
        parts.vectors = whole;
        parts.vectors[at] = static_cast<char>(parts.vectors[at] ^ 0x40);
        CHECK(open_bytes(parts.bytes()).code != IRKIT_OK);
    }
    parts.vectors = whole + '\0';
    CHECK(open_bytes(parts.bytes()).message.find("bytes after the last tensor") != std::string::npos);
}
