#include <doctest/doctest.h>

#include <functional>

#include "builder.h"

namespace {

fb::NodeT& node(Parts& parts, size_t graph, size_t index) {
    return *parts.program.graphs[graph]->nodes[index];
}

uint32_t add_string(Parts& parts, const std::string& text) {
    parts.program.strings.push_back(text);
    return static_cast<uint32_t>(parts.program.strings.size() - 1);
}

std::unique_ptr<fb::AttributeT> attribute(Parts& parts, const std::string& name, fb::AttributeKind kind,
                                          int64_t i = 0) {
    auto result = std::make_unique<fb::AttributeT>();
    result->name = add_string(parts, name);
    result->kind = kind;
    result->i = i;
    return result;
}

fb::DimToken token(int64_t value, fb::DimOp op) {
    return fb::DimToken(value, op);
}

/// One thing that is wrong, and how it is refused.
struct Wrong {
    std::string what;
    std::function<void(Parts&)> change;
    irkit_code code;
    const char* message;
};

void check_refused(Parts (*make)(), const std::vector<Wrong>& cases) {
    for (const Wrong& wrong : cases) {
        CAPTURE(wrong.what);
        Parts parts = make();
        wrong.change(parts);
        const Outcome outcome = open_bytes(parts.bytes());
        CAPTURE(outcome.message);
        CHECK(outcome.code == wrong.code);
        CHECK(outcome.message.find(wrong.message) != std::string::npos);
    }
}

}  // namespace

TEST_CASE("right programs with sub-graphs open") {
    CHECK(open_bytes(with_branches().bytes()).message == "");
    CHECK(open_bytes(with_loop().bytes()).message == "");
}

TEST_CASE("a program that breaks a rule of graphs is refused with its rule") {
    check_refused(
        gemm_relu,
        {
            {"gap in the numbers", [](Parts& p) { node(p, 0, 0).outputs = {5}; }, IRKIT_GRAPH_ERROR,
             "value 3 comes next, found 5"},
            {"number given twice", [](Parts& p) { node(p, 0, 1).outputs = {3}; }, IRKIT_GRAPH_ERROR,
             "value 4 comes next, found 3"},
            {"reads what comes later",
             [](Parts& p) {
                 node(p, 0, 0).inputs = {4, 0, 1};
             },
             IRKIT_GRAPH_ERROR, "reads value 4"},
            {"reads itself",
             [](Parts& p) {
                 node(p, 0, 0).inputs = {3, 0, 1};
             },
             IRKIT_GRAPH_ERROR, "reads value 3"},
            {"negative number",
             [](Parts& p) {
                 node(p, 0, 0).inputs = {-2, 0, 1};
             },
             IRKIT_GRAPH_ERROR, "reads value -2"},
            {"last input omitted",
             [](Parts& p) {
                 node(p, 0, 0).inputs = {2, 0, -1};
             },
             IRKIT_GRAPH_ERROR, "omits the last"},
            {"too few inputs", [](Parts& p) { node(p, 0, 0).inputs = {2}; }, IRKIT_GRAPH_ERROR,
             "Gemm with 1 inputs"},
            {"too many inputs",
             [](Parts& p) {
                 node(p, 0, 1).inputs = {3, 3};
             },
             IRKIT_GRAPH_ERROR, "Relu with 2 inputs"},
            {"too many outputs",
             [](Parts& p) {
                 node(p, 0, 1).outputs = {4, 5};
             },
             IRKIT_GRAPH_ERROR, "Relu with 2 outputs"},
            {"output is an input", [](Parts& p) { p.program.graphs[0]->outputs = {2}; }, IRKIT_GRAPH_ERROR,
             "comes from no node"},
            {"output is a weight", [](Parts& p) { p.program.graphs[0]->outputs = {0}; }, IRKIT_GRAPH_ERROR,
             "comes from no node"},
            {"output unknown", [](Parts& p) { p.program.graphs[0]->outputs = {99}; }, IRKIT_GRAPH_ERROR,
             "comes from no node"},
            {"output twice",
             [](Parts& p) {
                 p.program.graphs[0]->outputs = {4, 4};
             },
             IRKIT_GRAPH_ERROR, "or twice"},
            {"fewer outputs than the signature", [](Parts& p) { p.program.graphs[0]->outputs = {}; },
             IRKIT_GRAPH_ERROR, "signature"},
            {"no graph", [](Parts& p) { p.program.graphs.clear(); }, IRKIT_GRAPH_ERROR, "no graph"},
            {"unknown operator", [](Parts& p) { node(p, 0, 1).op = add_string(p, "Launch"); },
             IRKIT_UNSUPPORTED_ERROR, "unknown operator 'Launch'"},
            {"unknown domain", [](Parts& p) { node(p, 0, 1).domain = add_string(p, "evil"); },
             IRKIT_UNSUPPORTED_ERROR, "of domain 'evil'"},
            {"string out of range", [](Parts& p) { node(p, 0, 1).layer = 1000; }, IRKIT_FORMAT_ERROR,
             "no string 1000"},
            {"unknown attribute",
             [](Parts& p) {
                 node(p, 0, 1).attributes.push_back(attribute(p, "alpha", fb::AttributeKind::float_));
             },
             IRKIT_GRAPH_ERROR, "Relu has no attribute 'alpha'"},
            {"attribute of another kind",
             [](Parts& p) {
                 node(p, 0, 0).attributes.push_back(attribute(p, "alpha", fb::AttributeKind::int_));
             },
             IRKIT_GRAPH_ERROR, "Gemm.alpha is of the wrong kind"},
            {"attribute with two values",
             [](Parts& p) {
                 node(p, 0, 0).attributes.push_back(attribute(p, "alpha", fb::AttributeKind::float_, 1));
             },
             IRKIT_FORMAT_ERROR, "fields of another kind"},
            {"attribute outside of its range",
             [](Parts& p) {
                 node(p, 0, 1).op = add_string(p, "LpNormalization");
                 node(p, 0, 1).attributes.push_back(attribute(p, "p", fb::AttributeKind::int_, 3));
             },
             IRKIT_GRAPH_ERROR, "LpNormalization.p lies outside of its range"},
            {"text that is no choice",
             [](Parts& p) {
                 node(p, 0, 1).op = add_string(p, "Gelu");
                 node(p, 0, 1).attributes.push_back(attribute(p, "approximate", fb::AttributeKind::string));
                 node(p, 0, 1).attributes[0]->s = {'x'};
             },
             IRKIT_GRAPH_ERROR, "Gelu.approximate lies outside of its range"},
            {"attributes unsorted",
             [](Parts& p) {
                 node(p, 0, 0).attributes.push_back(attribute(p, "beta", fb::AttributeKind::float_));
                 node(p, 0, 0).attributes.push_back(attribute(p, "alpha", fb::AttributeKind::float_));
             },
             IRKIT_GRAPH_ERROR, "not sorted"},
            {"operator newer than the opset",
             [](Parts& p) {
                 p.program.opset = 21;
                 node(p, 0, 1).op = add_string(p, "RMSNormalization");
             },
             IRKIT_GRAPH_ERROR, "needs opset 23"},
            {"sub-graph of nobody",
             [](Parts& p) { p.program.graphs.push_back(std::make_unique<fb::GraphT>()); }, IRKIT_GRAPH_ERROR,
             "no node holds"},
            {"initializer twice",
             [](Parts& p) {
                 p.program.initializers = {0, 0};
             },
             IRKIT_FORMAT_ERROR, "unknown or twice"},
            {"initializer unknown",
             [](Parts& p) {
                 p.program.initializers = {0, 9};
             },
             IRKIT_FORMAT_ERROR, "unknown or twice"},
        });
}

TEST_CASE("sub-graphs are scopes, in order, and fit their node") {
    check_refused(with_branches,
                  {
                      {"value of the other branch",
                       [](Parts& p) {
                           node(p, 2, 0).inputs = {2, 2};
                       },
                       IRKIT_GRAPH_ERROR, "reads value 2"},
                      {"output of an outer graph", [](Parts& p) { p.program.graphs[1]->outputs = {1}; },
                       IRKIT_GRAPH_ERROR, "comes from no node"},
                      {"graph in the wrong order", [](Parts& p) { node(p, 0, 0).attributes[0]->i = 2; },
                       IRKIT_GRAPH_ERROR, "graph 1 comes next, found 2"},
                      {"graph that holds itself", [](Parts& p) { node(p, 0, 0).attributes[0]->i = 0; },
                       IRKIT_GRAPH_ERROR, "graph 1 comes next, found 0"},
                      {"graph twice", [](Parts& p) { node(p, 0, 0).attributes[1]->i = 1; }, IRKIT_GRAPH_ERROR,
                       "graph 2 comes next, found 1"},
                      {"branch missing",
                       [](Parts& p) {
                           node(p, 0, 0).attributes.pop_back();
                           p.program.graphs.pop_back();
                           node(p, 0, 0).outputs = {3};
                       },
                       IRKIT_GRAPH_ERROR, "lacks an attribute"},
                      {"branch without output", [](Parts& p) { p.program.graphs[1]->outputs = {}; },
                       IRKIT_GRAPH_ERROR, "wrong number"},
                  });
}

TEST_CASE("types, sizes and names are checked") {
    const auto x = [](Parts& p) -> fb::PortT& { return *p.program.inputs[0]; };
    check_refused(
        gemm_relu,
        {
            {"empty name", [&](Parts& p) { x(p).name = ""; }, IRKIT_FORMAT_ERROR, "empty, reserved"},
            {"reserved name", [&](Parts& p) { x(p).name = "_v12"; }, IRKIT_FORMAT_ERROR, "reserved"},
            {"name twice", [&](Parts& p) { x(p).name = "y"; }, IRKIT_FORMAT_ERROR, "given twice"},
            {"NUL in a name", [&](Parts& p) { x(p).name = std::string("a\0b", 3); }, IRKIT_FORMAT_ERROR,
             "must end with a NUL, and hold no other"},
            {"name not UTF-8", [&](Parts& p) { x(p).name = "\xc0\x80"; }, IRKIT_FORMAT_ERROR, "not UTF-8"},
            {"long name", [&](Parts& p) { x(p).name = std::string(5000, 'x'); }, IRKIT_LIMIT_ERROR,
             "5000, at most 4096"},
            {"no type", [&](Parts& p) { x(p).type = nullptr; }, IRKIT_FORMAT_ERROR, "has no type"},
            {"unknown dtype", [&](Parts& p) { x(p).type->dtype = static_cast<fb::DType>(77); },
             IRKIT_FORMAT_ERROR, "no known dtype"},
            {"unknown kind", [&](Parts& p) { x(p).type->kind = static_cast<fb::TypeKind>(7); },
             IRKIT_FORMAT_ERROR, "no known kind"},
            {"negative size", [&](Parts& p) { x(p).type->dims[1] = constant(-1); }, IRKIT_FORMAT_ERROR,
             "negative size"},
            {"sizes without rank", [&](Parts& p) { x(p).type->has_rank = false; }, IRKIT_FORMAT_ERROR,
             "sizes but no rank"},
            {"symbol of nobody", [&](Parts& p) { p.program.symbols.push_back("n"); }, IRKIT_FORMAT_ERROR,
             "no input says"},
            {"symbol unknown", [&](Parts& p) { x(p).type->dims[0] = symbol(3); }, IRKIT_FORMAT_ERROR,
             "names no symbol"},
            {"empty size", [&](Parts& p) { x(p).type->dims[0] = expression({}); }, IRKIT_FORMAT_ERROR,
             "without tokens"},
            {"two numbers",
             [&](Parts& p) {
                 x(p).type->dims[1] = expression({token(1, fb::DimOp::const_), token(1, fb::DimOp::const_)});
             },
             IRKIT_FORMAT_ERROR, "leaves 2 numbers"},
            {"no operand",
             [&](Parts& p) {
                 x(p).type->dims[1] = expression({token(1, fb::DimOp::const_), token(0, fb::DimOp::add)});
             },
             IRKIT_FORMAT_ERROR, "lacks an operand"},
            {"unknown operation",
             [&](Parts& p) { x(p).type->dims[1] = expression({token(1, static_cast<fb::DimOp>(99))}); },
             IRKIT_FORMAT_ERROR, "unknown operation"},
            {"deep stack",
             [&](Parts& p) {
                 x(p).type->dims[1] = expression(std::vector<fb::DimToken>(65, token(1, fb::DimOp::const_)));
             },
             IRKIT_LIMIT_ERROR, "stack"},
            {"long size",
             [&](Parts& p) {
                 x(p).type->dims[1] = expression(std::vector<fb::DimToken>(256, token(1, fb::DimOp::const_)));
             },
             IRKIT_LIMIT_ERROR, "tokens"},
            {"rank 33",
             [&](Parts& p) {
                 while (x(p).type->dims.size() < 33) x(p).type->dims.push_back(constant(1));
             },
             IRKIT_LIMIT_ERROR, "dims: 33, at most 32"},
            {"string twice", [&](Parts& p) { add_string(p, "Relu"); }, IRKIT_FORMAT_ERROR,
             "string 'Relu' twice"},
            {"first string not empty", [&](Parts& p) { p.program.strings[0] = "x"; }, IRKIT_FORMAT_ERROR,
             "strings[0]"},
            {"old opset", [&](Parts& p) { p.program.opset = 17; }, IRKIT_UNSUPPORTED_ERROR, "opset 17"},
        });
}

TEST_CASE("tensors fill WEIGHTS exactly") {
    const auto tensor = [](Parts& p, size_t k) -> fb::TensorT& { return *p.program.tensors[k]; };
    check_refused(
        gemm_relu,
        {
            {"length", [&](Parts& p) { tensor(p, 0).length = 47; }, IRKIT_FORMAT_ERROR,
             "which its sizes do not make"},
            {"sizes",
             [&](Parts& p) {
                 tensor(p, 0).dims = {5, 3};
             },
             IRKIT_FORMAT_ERROR, "which its sizes do not make"},
            {"overflowing sizes",
             [&](Parts& p) {
                 tensor(p, 0).dims = {INT64_MAX, 4};
             },
             IRKIT_LIMIT_ERROR, "too many elements"},
            {"negative size",
             [&](Parts& p) {
                 tensor(p, 0).dims = {-4, -3};
             },
             IRKIT_FORMAT_ERROR, "a negative size"},
            {"padding", [&](Parts& p) { p.weights[50] = 'x'; }, IRKIT_FORMAT_ERROR,
             "WEIGHTS, byte 50: padding"},
            {"a bool of two",
             [&](Parts& p) {
                 tensor(p, 2).dtype = fb::DType::bool_;
                 tensor(p, 2).dims = {400};
                 p.weights.back() = 2;
             },
             IRKIT_FORMAT_ERROR, "neither 0 nor 1"},
            {"an unused half",
             [&](Parts& p) {
                 tensor(p, 2).dtype = fb::DType::int4;
                 tensor(p, 2).dims = {799};
                 p.weights.back() = 0x10;
             },
             IRKIT_FORMAT_ERROR, "unused half"},
            {"offset outside", [&](Parts& p) { tensor(p, 2).offset = 1 << 20; }, IRKIT_FORMAT_ERROR,
             "passes the end"},
            {"overflowing offset", [&](Parts& p) { tensor(p, 2).offset = ~0ULL - 10; }, IRKIT_FORMAT_ERROR,
             "passes the end"},
            {"overlap", [&](Parts& p) { tensor(p, 1).offset = 0; }, IRKIT_FORMAT_ERROR, "does not follow"},
            {"unaligned", [&](Parts& p) { tensor(p, 1).offset = 60; }, IRKIT_FORMAT_ERROR, "does not follow"},
            {"bytes of nobody", [&](Parts& p) { p.weights += "x"; }, IRKIT_FORMAT_ERROR,
             "bytes after the last tensor"},
            {"tensor of nobody's bytes", [&](Parts& p) { p.program.tensors.pop_back(); }, IRKIT_FORMAT_ERROR,
             "bytes after the last tensor"},
            {"unknown dtype", [&](Parts& p) { tensor(p, 0).dtype = static_cast<fb::DType>(200); },
             IRKIT_FORMAT_ERROR, "no known dtype"},
            {"text that is none", [&](Parts& p) { tensor(p, 2).dtype = fb::DType::string; },
             IRKIT_FORMAT_ERROR, ""},
        });
    Parts shared = gemm_relu();
    shared.program.tensors.push_back(std::make_unique<fb::TensorT>(*shared.program.tensors.back()));
    shared.program.tensors.back()->dims = {10, 10};
    CHECK(open_bytes(shared.bytes()).message == "");
}

TEST_CASE("the bytes of PROGRAM are arranged in one way only") {
    const auto refused = [](const std::function<std::string(std::string)>& change) {
        Parts parts = gemm_relu();
        parts.change_bytes = change;
        return open_bytes(parts.bytes());
    };
    const auto changed = [&](size_t at, char value) {
        return refused([=](std::string bytes) {
            bytes[at] = value;
            return bytes;
        });
    };
    CHECK(refused([](const std::string& bytes) { return bytes + std::string(8, '\0'); }).message ==
          "PROGRAM, byte 956: bytes are left over");
    CHECK(refused([](const std::string& bytes) { return bytes.substr(0, bytes.size() - 1); }).code ==
          IRKIT_FORMAT_ERROR);
    CHECK(changed(4, 'X').message == "PROGRAM, byte 4: the identifier is not IRKP");
    CHECK(changed(0, 0x40).message.find("what should stand at") != std::string::npos);
    CHECK(changed(8, 38).message == "PROGRAM, byte 8: a Program has fields that this irkit does not know");
    CHECK(changed(8, 37).message == "PROGRAM, byte 8: a vtable of 37 bytes");
    CHECK(changed(12, 8).message == "PROGRAM, byte 8: a vtable that is not in its canonical form");
    CHECK(refused([](const std::string&) {
              fb::ProgramT program = gemm_relu().program;  // as flatc's own code arranges it
              flatbuffers::FlatBufferBuilder builder;
              fb::FinishProgramBuffer(builder, fb::Program::Pack(builder, &program));
              return std::string(reinterpret_cast<const char*>(builder.GetBufferPointer()),
                                 builder.GetSize());
          }).code == IRKIT_FORMAT_ERROR);
}

TEST_CASE("sub-graphs deeper than 16 are a LimitError") {
    for (const size_t depth : {16, 17}) {
        Parts parts = with_branches();
        parts.program.graphs.resize(1);
        parts.program.graphs[0]->nodes.clear();
        // In each graph one If; its else_branch is the next graph, its then_branch a leaf. Numbers go depth
        // first.
        std::vector<std::unique_ptr<fb::GraphT>>& graphs = parts.program.graphs;
        const fb::NodeT leaf = node(*std::make_unique<Parts>(with_branches()).get(), 1, 0);
        const fb::NodeT branch = node(*std::make_unique<Parts>(with_branches()).get(), 0, 0);
        int32_t next = 2;
        const std::function<void(size_t, size_t)> fill = [&](size_t graph, size_t level) {
            if (level == depth) {
                auto made = std::make_unique<fb::NodeT>(leaf);
                made->outputs = {next++};
                graphs[graph]->outputs = made->outputs;
                graphs[graph]->nodes.push_back(std::move(made));
                return;
            }
            auto made = std::make_unique<fb::NodeT>(branch);
            for (const size_t k : {0, 1}) {
                graphs.push_back(std::make_unique<fb::GraphT>());
                const size_t inner = graphs.size() - 1;
                made->attributes[k]->i = static_cast<int64_t>(inner);
                fill(inner, k == 0 ? level + 1 : depth);
            }
            made->outputs = {next++};
            graphs[graph]->outputs = made->outputs;
            graphs[graph]->nodes.push_back(std::move(made));
        };
        fill(0, 0);
        CAPTURE(depth);
        CHECK(open_bytes(parts.bytes()).code == (depth == 16 ? IRKIT_OK : IRKIT_LIMIT_ERROR));
    }
}

TEST_CASE("an error of a node names its layer and its line") {
    Parts parts = gemm_relu();
    node(parts, 0, 1).inputs = {99};
    const std::string bytes = parts.bytes();
    try {
        irkit::Model(bytes.data(), bytes.size());
        FAIL("it opened");
    } catch (const irkit::Error& error) {
        CHECK(error.layer() == "layer_of_Relu");
        CHECK(error.source() == "model.py:7");
        CHECK(std::string(error.kind()) == "GraphError");
    }
}
