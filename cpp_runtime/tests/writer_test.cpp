#include <doctest/doctest.h>

#include "builder.h"
#include "error.h"
#include "proto_writer.h"

using irkit::inside::ProtoWriter;

TEST_CASE("fields are written in protobuf's wire format") {
    ProtoWriter out(1000);
    out.real(4, 1.0F);
    out.message(3, [&] { out.integer(1, 150); });
    out.bytes(2, "testing");
    out.integer(1, -1);
    CHECK(out.written() == std::string_view("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                                            "\x12\x07testing"
                                            "\x1a\x03\x08\x96\x01"
                                            "\x25\x00\x00\x80\x3f",
                                            11 + 9 + 5 + 5));
}

TEST_CASE("long messages grow, and end at the limit") {
    ProtoWriter out(100'000);
    std::string expected;
    for (int k = 0; k < 90; ++k) {
        out.bytes(1, std::string(1000, 'x'));
        expected += "\x0a\xe8\x07" + std::string(1000, 'x');
    }
    CHECK(out.written() == expected);
    CHECK_THROWS_AS(out.bytes(1, std::string(20'000, 'x')), irkit::inside::Error);
}

TEST_CASE("the model's names lead back to ports, layers and numbers") {
    const std::string bytes = gemm_relu().bytes();
    const irkit::Model model(bytes.data(), bytes.size());
    size_t size = 0;
    irkit::check(irkit_model_write_onnx(model.handle(), nullptr, 0, &size));
    std::string proto(size, '\0');
    irkit::check(irkit_model_write_onnx(model.handle(), proto.data(), size, &size));
    for (const char* name : {"layer_of_Gemm|0.0", "layer_of_Relu|0.1", "_w0", "_w1", "_v3", "batch"}) {
        CHECK(proto.find(name) != std::string::npos);
    }
    CHECK(proto.find("dense/kernel") == std::string::npos);
}

TEST_CASE("a program of long names used often is a LimitError, not a huge model") {
    Parts parts = gemm_relu();
    const std::string name(4000, 'x');
    parts.program.inputs[0]->name = name;
    auto& node = *parts.program.graphs[0]->nodes[0];
    parts.program.strings.push_back("Concat");
    parts.program.strings.push_back("axis");
    for (int k = 0; k < 4; ++k) {
        auto wide = std::make_unique<fb::NodeT>();
        wide->op = static_cast<uint32_t>(parts.program.strings.size() - 2);
        wide->inputs.assign(16'384, 2);
        wide->outputs = {3 + k};
        auto axis = std::make_unique<fb::AttributeT>();
        axis->name = wide->op + 1;
        axis->kind = fb::AttributeKind::int_;
        wide->attributes.push_back(std::move(axis));
        parts.program.graphs[0]->nodes.insert(parts.program.graphs[0]->nodes.begin() + k, std::move(wide));
    }
    node.outputs = {7};
    parts.program.graphs[0]->nodes.back()->inputs = {7};
    parts.program.graphs[0]->nodes.back()->outputs = {8};
    parts.program.graphs[0]->outputs = {8};
    const std::string bytes = parts.bytes();
    const irkit::Model model(bytes.data(), bytes.size());
    size_t size = 0;
    CHECK_THROWS_WITH(irkit::check(irkit_model_write_onnx(model.handle(), nullptr, 0, &size)),
                      doctest::Contains("bytes of the ModelProto"));
}
