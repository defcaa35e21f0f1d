#include "located.h"

#include <cstdio>

namespace irkit::inside {
namespace {

// How the layer of the node begins that fails for an Assert: then layer, tab, message (proto/README.md §7).
constexpr std::string_view kAssert = "assert\t";

/// Nodes are called "layer|graph.index"; in a message the innermost is named last.
const fbs::Node* node_named_in(const std::string& message, const fbs::Program& program) {
    for (size_t bar = message.rfind('|'); bar != std::string::npos && bar > 0;
         bar = message.rfind('|', bar - 1)) {
        unsigned graph = 0, index = 0;
        if (std::sscanf(message.c_str() + bar, "|%9u.%9u", &graph, &index) != 2) continue;
        if (graph >= program.graphs()->size()) continue;
        const auto* nodes = program.graphs()->Get(graph)->nodes();
        if (index < count(nodes)) return nodes->Get(index);
    }
    return nullptr;
}

/// What is left when what we say ourselves is taken away.
std::string reason(const std::string& message) {
    constexpr std::string_view kStatus = "Status Message: ";
    const size_t status = message.rfind(kStatus);
    return status == std::string::npos ? message : message.substr(status + kStatus.size());
}

Error located(irkit_code code, std::string problem, const fbs::Node* node, const fbs::Program& program) {
    if (!node) return Error(code, std::move(problem));
    const std::string_view layer = string_at(program, node->layer());
    const std::string source(string_at(program, node->source()));
    if (layer.substr(0, kAssert.size()) != kAssert)
        return Error(code, std::move(problem), std::string(layer), source);
    const size_t tab = std::min(layer.find('\t', kAssert.size()), layer.size());
    const std::string_view message = layer.substr(std::min(tab + 1, layer.size()));
    return Error(IRKIT_ASSERTION_FAILED,
                 std::string(message.empty() ? "an assertion of the model does not hold" : message),
                 std::string(layer.substr(kAssert.size(), tab - kAssert.size())), source);
}

}  // namespace

Error refused_model(const Error& error, const fbs::Program& program) {
    return located(IRKIT_UNSUPPORTED_ERROR, "onnxruntime cannot run the model: " + reason(error.message),
                   node_named_in(error.message, program), program);
}

Error failed_run(const Error& error, const fbs::Program& program) {
    return located(IRKIT_RUNTIME_ERROR, "onnxruntime failed: " + reason(error.message),
                   node_named_in(error.message, program), program);
}

}  // namespace irkit::inside
