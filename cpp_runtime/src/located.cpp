#include "located.h"

#include <algorithm>
#include <cstdio>

namespace irkit::inside {
namespace {

// How the layer of the node begins that fails for an Assert: then layer, tab, message (proto/README.md §7).
constexpr std::string_view kAssert = "assert\t";

/// What is left when what we say ourselves is taken away.
std::string reason(const std::string& message) {
    constexpr std::string_view kStatus = "Status Message: ";
    const size_t status = message.rfind(kStatus);
    return status == std::string::npos ? message : message.substr(status + kStatus.size());
}

Error located(irkit_code code, std::string problem, const fbs::Node* node, const fbs::Program& program) {
    if (!node) return Error(code, std::move(problem));
    Place place = place_of(*node, program);
    if (!place.is_assertion)
        return Error(code, std::move(problem), std::move(place.layer), std::move(place.source));
    return Error(
        IRKIT_ASSERTION_FAILED,
        place.assertion.empty() ? "an assertion of the model does not hold" : std::move(place.assertion),
        std::move(place.layer), std::move(place.source));
}

}  // namespace

/// Nodes are called "layer|graph.index"; in a message the innermost is named last.
const fbs::Node* node_named_in(const std::string& message, const fbs::Program& program) {
    for (size_t bar = message.rfind('|'); bar != std::string::npos;
         bar = bar > 0 ? message.rfind('|', bar - 1) : std::string::npos) {
        unsigned graph = 0, index = 0;
        if (std::sscanf(message.c_str() + bar, "|%9u.%9u", &graph, &index) != 2) continue;
        if (graph >= program.graphs()->size()) continue;
        const auto* nodes = program.graphs()->Get(graph)->nodes();
        if (index < count(nodes)) return nodes->Get(index);
    }
    return nullptr;
}

Place place_of(const fbs::Node& node, const fbs::Program& program) {
    Place place;
    place.source = string_at(program, node.source());
    std::string_view layer = string_at(program, node.layer());
    place.is_assertion = layer.substr(0, kAssert.size()) == kAssert;
    if (place.is_assertion) {
        layer.remove_prefix(kAssert.size());
        const size_t tab = std::min(layer.find('\t'), layer.size());
        place.assertion = layer.substr(std::min(tab + 1, layer.size()));
        layer = layer.substr(0, tab);
    }
    place.layer = layer;
    return place;
}

Error refused_model(const Error& error, const fbs::Program& program) {
    return located(IRKIT_UNSUPPORTED_ERROR, "onnxruntime cannot run the model: " + reason(error.message),
                   node_named_in(error.message, program), program);
}

Error failed_run(const Error& error, const fbs::Program& program) {
    return located(IRKIT_RUNTIME_ERROR, "onnxruntime failed: " + reason(error.message),
                   node_named_in(error.message, program), program);
}

}  // namespace irkit::inside
