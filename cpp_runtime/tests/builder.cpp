#include "builder.h"

#include <algorithm>

#include "canonical.h"
#include "hash.h"

namespace {

using irkit::inside::Bytes;
using irkit::inside::hash_of;

uint64_t hash(const std::string& bytes) {
    return hash_of(Bytes(bytes.data(), bytes.size()));
}

template <class T>
void put(std::string& to, T value) {
    to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void pad(std::string& to, size_t step) {
    to.resize((to.size() + step - 1) / step * step, '\0');
}

template <class T>
std::string raw(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// Adds a tensor to the program and its bytes to the weights.
void add_tensor(Parts& parts, const std::string& name, fb::DType dtype, std::vector<int64_t> dims,
                const std::string& data) {
    pad(parts.weights, 64);
    auto tensor = std::make_unique<fb::TensorT>();
    tensor->name = name;
    tensor->dtype = dtype;
    tensor->dims = std::move(dims);
    tensor->offset = parts.weights.size();
    tensor->length = data.size();
    parts.program.tensors.push_back(std::move(tensor));
    parts.weights += data;
}

std::unique_ptr<fb::PortT> port(const std::string& name, fb::DType dtype,
                                std::vector<std::unique_ptr<fb::DimT>> dims) {
    auto result = std::make_unique<fb::PortT>();
    result->name = name;
    result->type = std::make_unique<fb::TypeT>();
    result->type->dtype = dtype;
    result->type->dims = std::move(dims);
    return result;
}

template <class... Dims>
std::vector<std::unique_ptr<fb::DimT>> dims(Dims... each) {
    std::vector<std::unique_ptr<fb::DimT>> result;
    (result.push_back(std::move(each)), ...);
    return result;
}

uint32_t string(fb::ProgramT& program, const std::string& text) {
    auto& strings = program.strings;
    const auto found = std::find(strings.begin(), strings.end(), text);
    if (found != strings.end()) return static_cast<uint32_t>(found - strings.begin());
    strings.push_back(text);
    return static_cast<uint32_t>(strings.size() - 1);
}

fb::NodeT& add_node(fb::ProgramT& program, fb::GraphT& graph, const std::string& op,
                    std::vector<int32_t> inputs, std::vector<int32_t> outputs) {
    auto node = std::make_unique<fb::NodeT>();
    node->op = string(program, op);
    node->inputs = std::move(inputs);
    node->outputs = std::move(outputs);
    node->layer = string(program, "layer_of_" + op);
    node->source = string(program, "model.py:7");
    graph.nodes.push_back(std::move(node));
    return *graph.nodes.back();
}

void add_graph_attribute(fb::ProgramT& program, fb::NodeT& node, const std::string& name, int64_t graph) {
    auto attribute = std::make_unique<fb::AttributeT>();
    attribute->name = string(program, name);
    attribute->kind = fb::AttributeKind::graph;
    attribute->i = graph;
    node.attributes.push_back(std::move(attribute));
}

Parts empty_model(size_t graphs) {
    Parts parts;
    parts.program.producer = "irkit tests";
    parts.program.name = "small";
    parts.program.onnx_ir_version = 11;
    parts.program.opset = 23;
    parts.program.strings = {""};
    for (size_t k = 0; k < graphs; ++k) parts.program.graphs.push_back(std::make_unique<fb::GraphT>());
    return parts;
}

}  // namespace

std::unique_ptr<fb::DimT> expression(const std::vector<fb::DimToken>& tokens) {
    auto result = std::make_unique<fb::DimT>();
    result->tokens = tokens;
    return result;
}
std::unique_ptr<fb::DimT> constant(int64_t size) {
    return expression({fb::DimToken(size, fb::DimOp::const_)});
}
std::unique_ptr<fb::DimT> symbol(int64_t number) {
    return expression({fb::DimToken(number, fb::DimOp::symbol)});
}

std::string Parts::bytes() const {
    fb::ProgramT copy(program);
    copy.ir_hash = right_ir_hash ? hash(ir) : 1;
    flatbuffers::FlatBufferBuilder builder;
    fb::FinishProgramBuffer(builder, fb::Program::Pack(builder, &copy));

    std::vector<std::pair<uint32_t, std::string>> sections = {
        {1, change_bytes(canonical({builder.GetBufferPointer(), builder.GetSize()}))}, {2, ir}};
    if (!vectors.empty()) sections.emplace_back(3, vectors);
    sections.emplace_back(5, weights);

    std::string body(64 + 32 * sections.size(), '\0');
    std::string table;
    for (const auto& [kind, data] : sections) {
        pad(body, kind == 5 ? 4096 : 64);
        put(table, kind);
        put(table, uint32_t{0});
        put(table, uint64_t{body.size()});
        put(table, uint64_t{data.size()});
        put(table, hash(data));
        body += data;
    }
    std::string prelude("\x89IRK\r\n\x1a\n", 8);
    put(prelude, version);
    put(prelude, static_cast<uint32_t>(sections.size()));
    put(prelude, flags);
    put(prelude, uint64_t{0});
    put(prelude, uint64_t{body.size()});
    put(prelude, uint64_t{0});
    put(prelude, hash(table));
    put(prelude, hash(prelude));
    return body.replace(0, 64 + table.size(), prelude + table);
}

Parts gemm_relu() {
    Parts parts = empty_model(1);
    fb::ProgramT& program = parts.program;
    std::vector<float> w(12);
    for (size_t k = 0; k < w.size(); ++k) w[k] = static_cast<float>(k);
    add_tensor(parts, "dense/kernel", fb::DType::float32, {4, 3}, raw(w));
    add_tensor(parts, "dense/bias", fb::DType::float32, {3}, raw(std::vector<float>{-20, 0, 20}));
    add_tensor(parts, "unused", fb::DType::float32, {100}, std::string(400, '\1'));
    program.initializers = {0, 1};
    program.symbols = {"batch"};
    program.inputs.push_back(port("x", fb::DType::float32, dims(symbol(0), constant(4))));
    program.outputs.push_back(port("y", fb::DType::float32, dims(symbol(0), constant(3))));
    fb::GraphT& main = *program.graphs[0];
    main.inputs = {2};
    add_node(program, main, "Gemm", {2, 0, 1}, {3});
    add_node(program, main, "Relu", {3}, {4});
    main.outputs = {4};
    return parts;
}

std::vector<float> gemm_relu_of(const std::vector<float>& x) {
    std::vector<float> y;
    for (size_t row = 0; row < x.size() / 4; ++row) {
        for (size_t column = 0; column < 3; ++column) {
            float sum = 20.0F * (static_cast<float>(column) - 1);
            for (size_t k = 0; k < 4; ++k) sum += x[4 * row + k] * static_cast<float>(3 * k + column);
            y.push_back(std::max(sum, 0.0F));
        }
    }
    return y;
}

Parts with_branches() {
    Parts parts = empty_model(3);
    fb::ProgramT& program = parts.program;
    program.symbols = {"n"};
    program.inputs.push_back(port("flag", fb::DType::bool_, {}));
    program.inputs.push_back(port("x", fb::DType::float32, dims(symbol(0))));
    program.outputs.push_back(port("y", fb::DType::float32, dims(symbol(0))));
    fb::GraphT& main = *program.graphs[0];
    main.inputs = {0, 1};
    add_node(program, *program.graphs[1], "Mul", {1, 1}, {2});  // else_branch comes first by name
    program.graphs[1]->outputs = {2};
    add_node(program, *program.graphs[2], "Add", {1, 1}, {3});
    program.graphs[2]->outputs = {3};
    fb::NodeT& node = add_node(program, main, "If", {0}, {4});
    add_graph_attribute(program, node, "else_branch", 1);
    add_graph_attribute(program, node, "then_branch", 2);
    main.outputs = {4};
    return parts;
}

Parts with_loop() {
    Parts parts = empty_model(2);
    fb::ProgramT& program = parts.program;
    program.symbols = {"n"};
    program.inputs.push_back(port("trips", fb::DType::int64, {}));
    program.inputs.push_back(port("x", fb::DType::float32, dims(symbol(0), symbol(0))));
    program.outputs.push_back(port("y", fb::DType::float32, dims(symbol(0), symbol(0))));
    fb::GraphT& main = *program.graphs[0];
    fb::GraphT& body = *program.graphs[1];
    main.inputs = {0, 1};
    body.inputs = {2, 3, 4};  // number of the trip, condition, matrix
    add_node(program, body, "MatMul", {4, 4}, {5});
    add_node(program, body, "Identity", {3}, {6});
    body.outputs = {6, 5};
    fb::NodeT& node = add_node(program, main, "Loop", {0, -1, 1}, {7});
    add_graph_attribute(program, node, "body", 1);
    main.outputs = {7};
    return parts;
}

Parts sequence_insert(fb::DType dtype) {
    Parts parts = empty_model(1);
    fb::ProgramT& program = parts.program;
    program.symbols = {"n"};
    program.inputs.push_back(port("xs", dtype, {}));
    program.inputs.push_back(port("x", dtype, dims(symbol(0), constant(2))));
    program.outputs.push_back(port("ys", dtype, {}));
    for (fb::PortT* sequence : {program.inputs[0].get(), program.outputs[0].get()}) {
        sequence->type->kind = fb::TypeKind::sequence;
        sequence->type->has_rank = false;
    }
    fb::GraphT& main = *program.graphs[0];
    main.inputs = {0, 1};
    add_node(program, main, "SequenceInsert", {0, 1}, {2});
    main.outputs = {2};
    return parts;
}

Outcome open_bytes(const std::string& bytes) {
    irkit_model* model = nullptr;
    irkit_error* error = irkit_model_from_copy(bytes.data(), bytes.size(), nullptr, &model);
    const Outcome result{irkit_error_code(error), irkit_error_message(error)};
    irkit_error_free(error);
    irkit_model_free(model);
    return result;
}

Parts counter(std::vector<float> initial) {
    Parts parts = empty_model(1);
    fb::ProgramT& program = parts.program;
    const bool has_initial = !initial.empty();
    if (has_initial) add_tensor(parts, "total", fb::DType::float32, {2}, raw(initial));
    program.symbols = {"n"};
    program.inputs.push_back(port("x", fb::DType::float32, dims(symbol(0), constant(2))));
    program.inputs.push_back(port("total", fb::DType::float32, dims(constant(2))));
    program.outputs.push_back(port("y", fb::DType::float32, dims(symbol(0), constant(2))));
    program.outputs.push_back(port("total:next", fb::DType::float32, dims(constant(2))));
    auto state = std::make_unique<fb::StateT>();
    state->name = "total";
    state->input = state->output = 1;
    state->initial = has_initial ? 0 : -1;
    program.states.push_back(std::move(state));
    fb::GraphT& main = *program.graphs[0];
    main.inputs = {0, 1};
    fb::NodeT& sum = add_node(program, main, "ReduceSum", {0}, {2});
    auto keepdims = std::make_unique<fb::AttributeT>();
    keepdims->name = string(program, "keepdims");
    keepdims->kind = fb::AttributeKind::int_;
    sum.attributes.push_back(std::move(keepdims));
    add_node(program, main, "Add", {1, 2}, {3});
    add_node(program, main, "Add", {0, 3}, {4});
    main.outputs = {4, 3};
    return parts;
}

Parts optional_identity(fb::TypeKind element_kind) {
    Parts parts = empty_model(1);
    fb::ProgramT& program = parts.program;
    program.inputs.push_back(port("x", fb::DType::float32, {}));
    program.outputs.push_back(port("y", fb::DType::float32, {}));
    program.outputs.push_back(port("has", fb::DType::bool_, {}));
    for (fb::PortT* optional : {program.inputs[0].get(), program.outputs[0].get()}) {
        optional->type->kind = fb::TypeKind::optional;
        optional->type->element_kind = element_kind;
        optional->type->has_rank = false;
    }
    fb::GraphT& main = *program.graphs[0];
    main.inputs = {0};
    add_node(program, main, "Identity", {0}, {1});
    add_node(program, main, "OptionalHasElement", {0}, {2});
    main.outputs = {1, 2};
    return parts;
}
