// Nodes, values and sub-graphs: numbering, scopes, and the closed table of operators.
#include "format_limits.h"
#include "operators.h"
#include "verify.h"

namespace irkit::inside {
namespace {

constexpr uint32_t kNoNode = UINT32_MAX;  // the value of an initializer or input

struct Value {
    uint32_t graph;  // whose node puts it out, or kNoNode
    bool visible;    // may be read here and now
    bool is_output;  // of its graph
};

class GraphsVerifier {
  public:
    explicit GraphsVerifier(const fbs::Program& program) : program_(program) {}

    void run() {
        if (count(program_.graphs()) == 0) fail(IRKIT_GRAPH_ERROR, "PROGRAM: no graph");
        initializers();
        graph(0, 0);
        if (next_graph_ != program_.graphs()->size())
            fail(IRKIT_GRAPH_ERROR, "PROGRAM: a sub-graph that no node holds");
        const fbs::Graph& main = *program_.graphs()->Get(0);
        if (count(main.inputs()) != count(program_.inputs()) ||
            count(main.outputs()) != count(program_.outputs())) {
            fail(IRKIT_GRAPH_ERROR, "PROGRAM: the main graph has other inputs or outputs than the signature");
        }
    }

  private:
    void initializers() {
        std::vector<bool> seen(count(program_.tensors()));
        for (const uint32_t tensor : each(program_.initializers())) {
            if (tensor >= seen.size() || seen[tensor])
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: initializer ", tensor, " unknown or twice");
            seen[tensor] = true;
            define(static_cast<int32_t>(values_.size()), kNoNode);
        }
    }

    /// Recursion is bounded by the format's limit on depth.
    void graph(uint32_t number, uint64_t depth) {
        limits::check("PROGRAM: depth of sub-graphs", depth, limits::kDepth);
        ++next_graph_;
        const fbs::Graph& graph = *program_.graphs()->Get(number);
        const size_t first = values_.size();
        for (const int32_t value : each(graph.inputs())) define(value, kNoNode);
        for (const fbs::Node* each_node : each(graph.nodes())) node(*each_node, number, depth);
        outputs(graph, number);
        if (number == 0) return;
        for (size_t k = first; k < values_.size(); ++k) values_[k].visible = false;
    }

    void outputs(const fbs::Graph& graph, uint32_t number) {
        for (const int32_t value : each(graph.outputs())) {
            const bool exists = value >= 0 && static_cast<size_t>(value) < values_.size();
            if (!exists || values_[value].graph != number || values_[value].is_output) {
                fail(IRKIT_GRAPH_ERROR, "PROGRAM: output ", value, " of graph ", number,
                     " comes from no node of it, or twice");
            }
            values_[value].is_output = true;
        }
    }

    void define(int32_t value, uint32_t graph) {
        limits::check("PROGRAM: values", values_.size() + 1, limits::kValues);
        if (value < 0 || static_cast<size_t>(value) != values_.size()) {
            fail(IRKIT_GRAPH_ERROR, "PROGRAM: value ", values_.size(), " comes next, found ", value);
        }
        values_.push_back({graph, true, false});
    }

    void node(const fbs::Node& node, uint32_t graph, uint64_t depth) {
        limits::check("PROGRAM: nodes", ++node_count_, limits::kNodes);
        for (const uint32_t string : {node.op(), node.domain(), node.layer(), node.source()})
            check_string(string);
        try {
            const OperatorRule& rule = operator_of(node);
            inputs(node, rule);
            attributes(node, rule, depth);
            sub_graphs(node);
            check_count("outputs", node.outputs(), rule.min_outputs, rule.max_outputs);
            for (const int32_t value : each(node.outputs())) {
                if (value != -1) define(value, graph);
            }
        } catch (Error& error) {
            if (error.layer.empty()) error.layer = string_at(program_, node.layer());
            if (error.source.empty()) error.source = string_at(program_, node.source());
            throw;
        }
    }

    void check_string(uint32_t number) const {
        if (number >= program_.strings()->size()) fail(IRKIT_FORMAT_ERROR, "PROGRAM: no string ", number);
    }

    const OperatorRule& operator_of(const fbs::Node& node) {
        name_ = string_at(program_, node.op());
        const std::string_view domain = string_at(program_, node.domain());
        const OperatorRule* rule = find_operator(domain, name_);
        if (!rule)
            fail(IRKIT_UNSUPPORTED_ERROR, "PROGRAM: unknown operator ", quoted(name_), " of domain ",
                 quoted(domain));
        if (rule->since > program_.opset()) {
            fail(IRKIT_GRAPH_ERROR, "PROGRAM: operator ", name_, " needs opset ", rule->since,
                 ", the program says ", program_.opset());
        }
        return *rule;
    }

    void check_count(const char* what, const flatbuffers::Vector<int32_t>* numbers, uint64_t least,
                     uint64_t most) const {
        const uint64_t found = count(numbers);
        if (found < least || found > most)
            fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, " with ", found, " ", what);
        if (found > 0 && numbers->Get(static_cast<uint32_t>(found - 1)) == -1) {
            fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, " omits the last of its ", what);
        }
    }

    void inputs(const fbs::Node& node, const OperatorRule& rule) const {
        check_count("inputs", node.inputs(), rule.min_inputs, rule.max_inputs);
        uint64_t place = 0;
        for (const int32_t value : each(node.inputs())) {
            const uint64_t here = place++;
            if (value == -1) {
                if (here < rule.first_omissible || here >= rule.omissible_end)
                    fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, " must not omit its input ", here);
                continue;
            }
            const bool exists = value >= 0 && static_cast<size_t>(value) < values_.size();
            if (!exists || !values_[value].visible)
                fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, " reads value ", value,
                     ", which is not defined there");
        }
    }

    void attributes(const fbs::Node& node, const OperatorRule& rule, uint64_t depth) {
        uint64_t required = 0;
        std::string_view before;
        for (const fbs::Attribute* attribute : each(node.attributes())) {
            check_string(attribute->name());
            const std::string_view name = string_at(program_, attribute->name());
            const AttributeRule* known = rule.attribute(name);
            if (!known) fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, " has no attribute ", quoted(name));
            if (known->kind != attribute->kind())
                fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, ".", name, " is of the wrong kind");
            if (name <= before) fail(IRKIT_GRAPH_ERROR, "PROGRAM: attributes of ", name_, " are not sorted");
            required += known->required;
            before = name;
            fields(*attribute, name, depth);
            if (!OperatorRule::allows(*known, *attribute)) {
                fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, ".", name, " lies outside of its range");
            }
        }
        for (const AttributeRule& known : rule) required -= known.required;
        if (required != 0) fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, " lacks an attribute that it needs");
    }

    void fields(const fbs::Attribute& attribute, std::string_view name, uint64_t depth) {
        using Kind = fbs::AttributeKind;
        const Kind kind = attribute.kind();
        const bool uses_i = kind == Kind::int_ || kind == Kind::tensor || kind == Kind::graph;
        uint32_t float_bits;
        const float f = attribute.f();
        std::memcpy(&float_bits, &f, sizeof f);
        const bool clean = (uses_i || attribute.i() == 0) && (kind == Kind::float_ || float_bits == 0) &&
                           (kind == Kind::string || count(attribute.s()) == 0) &&
                           (kind == Kind::ints || count(attribute.ints()) == 0) &&
                           (kind == Kind::floats || count(attribute.floats()) == 0) &&
                           (kind == Kind::strings || count(attribute.strings()) == 0);
        if (!clean) fail(IRKIT_FORMAT_ERROR, "PROGRAM: ", name_, ".", name, " uses fields of another kind");
        if (kind == Kind::tensor) tensor(attribute.i());
        if (kind != Kind::graph) return;
        if (attribute.i() != static_cast<int64_t>(next_graph_) || next_graph_ >= program_.graphs()->size()) {
            fail(IRKIT_GRAPH_ERROR, "PROGRAM: graph ", next_graph_, " comes next, found ", attribute.i());
        }
        const std::string_view node_name = name_;
        graph(static_cast<uint32_t>(attribute.i()), depth + 1);
        name_ = node_name;
    }

    void tensor(int64_t number) {
        if (number < 0 || number >= static_cast<int64_t>(count(program_.tensors()))) {
            fail(IRKIT_GRAPH_ERROR, "PROGRAM: ", name_, " holds no known tensor");
        }
        const uint64_t length = program_.tensors()->Get(static_cast<uint32_t>(number))->length();
        limits::check("PROGRAM: bytes of a tensor attribute", length, limits::kAttributeTensor);
        limits::check("PROGRAM: bytes of all tensor attributes", tensor_bytes_ += length,
                      limits::kAttributeTensors);
    }

    /// What If, Loop and Scan demand of their bodies.
    void sub_graphs(const fbs::Node& node) const {
        const uint64_t inputs = count(node.inputs()), outputs = count(node.outputs());
        for (const fbs::Attribute* attribute : each(node.attributes())) {
            if (attribute->kind() != fbs::AttributeKind::graph) continue;
            const fbs::Graph& body = *program_.graphs()->Get(static_cast<uint32_t>(attribute->i()));
            const bool fits = name_ == "If" ? count(body.inputs()) == 0 && count(body.outputs()) == outputs
                              : name_ == "Loop"
                                  ? count(body.inputs()) == inputs && count(body.outputs()) == outputs + 1
                                  : count(body.inputs()) == inputs && count(body.outputs()) == outputs;
            if (!fits)
                fail(IRKIT_GRAPH_ERROR, "PROGRAM: a body of ", name_,
                     " has the wrong number of inputs or outputs");
        }
    }

    const fbs::Program& program_;
    std::vector<Value> values_;
    std::string_view name_;  // of the operator at work
    uint32_t next_graph_ = 0;
    uint64_t node_count_ = 0;
    uint64_t tensor_bytes_ = 0;
};

}  // namespace

void verify_graphs(const fbs::Program& program) {
    GraphsVerifier(program).run();
}

}  // namespace irkit::inside
