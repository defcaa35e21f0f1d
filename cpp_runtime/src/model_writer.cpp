#include "model_writer.h"

#include <string>
#include <unordered_map>
#include <vector>

#include "dims.h"
#include "format_limits.h"

namespace irkit::inside {
namespace {

constexpr uint64_t kExternalFrom = 256;  // bytes; a shorter initializer stands in the model itself
constexpr int64_t kExternal = 1;         // TensorProto.DataLocation.EXTERNAL

/// Domains beside ai.onnx, with their versions.
struct Domain {
    const char* name;
    int64_t version;
};
constexpr Domain kOtherDomains[] = {{"ai.onnx.ml", 5}, {"com.microsoft", 1}};

/// A legal model needs about one and a half times the bytes of its PROGRAM; one made of long names used
/// often, far more.
uint64_t size_limit(uint64_t program_size, Bytes weights) {
    return std::min<uint64_t>(limits::kSection, 67'108'864 + 16 * program_size + weights.size());
}

/// Calls `visit` with each element of a vector that may be absent, from last to first.
template <class T, class Visit>
void backwards(const flatbuffers::Vector<T>* vector, Visit visit) {
    for (uint32_t k = static_cast<uint32_t>(count(vector)); k-- > 0;) visit(vector->Get(k));
}

class ModelWriter {
  public:
    ModelWriter(const fbs::Program& program, Bytes weights, NodeNames names, ProtoWriter& out)
        : program_(program), weights_(weights), names_(names), out_(out), main_(*program.graphs()->Get(0)) {
        for (uint32_t k = 0; k < count(main_.outputs()); ++k) {
            output_names_[main_.outputs()->Get(k)] = view(program_.outputs()->Get(k)->name());
        }
    }

    void model() {
        opset_imports();
        out_.message(7, [&] { main_graph(); });
        out_.bytes(2, view(program_.producer()));
        out_.integer(1, program_.onnx_ir_version());
    }

  private:
    void opset_imports() {
        for (auto domain = std::rbegin(kOtherDomains); domain != std::rend(kOtherDomains); ++domain) {
            if (is_used(domain->name)) opset_import(domain->name, domain->version);
        }
        opset_import("", program_.opset());
    }

    void opset_import(std::string_view domain, int64_t version) {
        out_.message(8, [&] {
            out_.integer(2, version);
            out_.bytes(1, domain);
        });
    }

    bool is_used(std::string_view domain) const {
        for (const fbs::Graph* graph : each(program_.graphs())) {
            for (const fbs::Node* node : each(graph->nodes())) {
                if (node->domain() != 0 && string_at(program_, node->domain()) == domain) return true;
            }
        }
        return false;
    }

    void main_graph() {
        backwards(program_.outputs(), [&](const fbs::Port* port) { value_info(12, *port); });
        backwards(program_.inputs(), [&](const fbs::Port* port) { value_info(11, *port); });
        for (uint64_t k = count(program_.initializers()); k-- > 0;) {
            const uint32_t number = program_.initializers()->Get(static_cast<uint32_t>(k));
            out_.message(
                5, [&] { tensor(*program_.tensors()->Get(number), value_name(static_cast<int32_t>(k))); });
        }
        const std::string_view name = view(program_.name());
        out_.bytes(2, name.empty() ? "main" : name);
        nodes(main_, 0);
    }

    /// Recursion is bounded: the verifier has bounded the depth of sub-graphs.
    void sub_graph(uint32_t number, bool of_loop) {
        const fbs::Graph& graph = *program_.graphs()->Get(number);
        backwards(graph.outputs(),
                  [&](int32_t value) { out_.message(12, [&] { out_.bytes(1, value_name(value)); }); });
        for (uint64_t k = count(graph.inputs()); k-- > 0;) {
            out_.message(11, [&] {
                if (of_loop && k < 2) out_.message(2, [&] { loop_input_type(k); });
                out_.bytes(1, value_name(graph.inputs()->Get(static_cast<uint32_t>(k))));
            });
        }
        out_.bytes(2, text("graph", number));
        nodes(graph, number);
    }

    /// The trip's number and the condition, scalars whose types no input of the Loop tells when it is
    /// omitted.
    void loop_input_type(uint64_t index) {
        const fbs::DType dtype = index == 0 ? fbs::DType::int64 : fbs::DType::bool_;
        out_.message(1, [&] {
            out_.bytes(2, "");  // a shape without axes
            out_.integer(1, static_cast<int64_t>(dtype));
        });
    }

    void nodes(const fbs::Graph& graph, uint32_t number) {
        for (uint64_t k = count(graph.nodes()); k-- > 0;) {
            const fbs::Node& node = *graph.nodes()->Get(static_cast<uint32_t>(k));
            const bool has_layer = names_ == NodeNames::with_layers;
            const std::string_view layer = has_layer ? string_at(program_, node.layer()) : std::string_view();
            out_.message(1, [&] { node_fields(node, text(layer, "|", number, ".", k)); });
        }
    }

    void node_fields(const fbs::Node& node, const std::string& name) {
        if (node.domain() != 0) out_.bytes(7, string_at(program_, node.domain()));
        const bool is_loop = string_at(program_, node.op()) == "Loop";
        backwards(node.attributes(), [&](const fbs::Attribute* attribute) {
            out_.message(5, [&] { attribute_fields(*attribute, is_loop); });
        });
        out_.bytes(4, string_at(program_, node.op()));
        out_.bytes(3, name);
        backwards(node.outputs(), [&](int32_t value) { out_.bytes(2, value_name(value)); });
        backwards(node.inputs(), [&](int32_t value) { out_.bytes(1, value_name(value)); });
    }

    void attribute_fields(const fbs::Attribute& attribute, bool of_loop) {
        out_.integer(20, static_cast<int64_t>(attribute.kind()));
        attribute_value(attribute, of_loop);
        out_.bytes(1, string_at(program_, attribute.name()));
    }

    void attribute_value(const fbs::Attribute& attribute, bool of_loop) {
        const auto number = static_cast<uint32_t>(attribute.i());
        switch (attribute.kind()) {
            case fbs::AttributeKind::float_:
                return out_.real(2, attribute.f());
            case fbs::AttributeKind::int_:
                return out_.integer(3, attribute.i());
            case fbs::AttributeKind::string:
                return out_.bytes(4, view(attribute.s()));
            case fbs::AttributeKind::tensor:
                return out_.message(5, [&] { tensor(*program_.tensors()->Get(number), ""); });
            case fbs::AttributeKind::graph:
                return out_.message(6, [&] { sub_graph(number, of_loop); });
            case fbs::AttributeKind::floats:
                return backwards(attribute.floats(), [&](float value) { out_.real(7, value); });
            case fbs::AttributeKind::ints:
                return backwards(attribute.ints(), [&](int64_t value) { out_.integer(8, value); });
            case fbs::AttributeKind::strings:
                return backwards(attribute.strings(),
                                 [&](const fbs::Bytes* value) { out_.bytes(9, view(value->data())); });
            case fbs::AttributeKind::undefined:
                return;
        }
    }

    /// An initializer, or without a name the value of an attribute.
    void tensor(const fbs::Tensor& tensor, const std::string& name) {
        const bool is_text = tensor.dtype() == fbs::DType::string;
        const bool is_external = !is_text && !name.empty() && tensor.length() >= kExternalFrom;
        const Bytes data = weights_.slice(tensor.offset(), tensor.length());
        if (is_external) external_data(tensor);
        if (!is_external && !is_text)
            out_.bytes(9, {reinterpret_cast<const char*>(data.data()), data.size()});
        if (!name.empty()) out_.bytes(8, name);
        if (is_text) string_data(data);
        out_.integer(2, static_cast<int64_t>(tensor.dtype()));
        backwards(tensor.dims(), [&](int64_t dim) { out_.integer(1, dim); });
    }

    void external_data(const fbs::Tensor& tensor) {
        out_.integer(14, kExternal);
        entry(13, "length", std::to_string(tensor.length()));
        entry(13, "offset", std::to_string(tensor.offset()));
        entry(13, "location", kWeightsLocation);
    }

    void entry(uint32_t field, std::string_view key, std::string_view value) {
        out_.message(field, [&] {
            out_.bytes(2, value);
            out_.bytes(1, key);
        });
    }

    /// The elements stand one after the other, so their places are found forwards and written backwards.
    void string_data(Bytes data) {
        std::vector<std::string_view> elements;
        for (uint64_t at = 0; at < data.size(); at += 4 + elements.back().size()) {
            const Bytes element = data.slice(at + 4, data.read<uint32_t>(at));
            elements.emplace_back(reinterpret_cast<const char*>(element.data()), element.size());
        }
        for (auto element = elements.rbegin(); element != elements.rend(); ++element) out_.bytes(6, *element);
    }

    void value_info(uint32_t field, const fbs::Port& port) {
        out_.message(field, [&] {
            out_.message(2, [&] { type(*port.type()); });
            out_.bytes(1, view(port.name()));
        });
    }

    void type(const fbs::Type& type) {
        held_type(type.kind(), [&] { held_type(type.element_kind(), [&] { tensor_type(type); }); });
    }

    /// A sequence or optional of what `element` writes; for a tensor, just that.
    template <class Element>
    void held_type(fbs::TypeKind kind, Element element) {
        if (kind == fbs::TypeKind::tensor) return element();
        const uint32_t field = kind == fbs::TypeKind::sequence ? 4 : 9;
        out_.message(field, [&] { out_.message(1, element); });
    }

    void tensor_type(const fbs::Type& type) {
        out_.message(1, [&] {
            if (type.has_rank()) {
                out_.message(2, [&] {
                    backwards(type.dims(),
                              [&](const fbs::Dim* dim) { out_.message(1, [&] { dimension(*dim); }); });
                });
            }
            out_.integer(1, static_cast<int64_t>(type.dtype()));
        });
    }

    void dimension(const fbs::Dim& dim) {
        if (const auto symbol = symbol_of(dim)) out_.bytes(2, view(program_.symbols()->Get(*symbol)));
        if (const auto constant = constant_of(dim)) out_.integer(1, *constant);
    }

    std::string value_name(int32_t value) const {
        if (value == -1) return "";
        const auto first_input = static_cast<int32_t>(count(program_.initializers()));
        if (value < first_input) return text("_w", value);
        const auto port = static_cast<uint32_t>(value - first_input);
        if (port < count(program_.inputs())) return std::string(view(program_.inputs()->Get(port)->name()));
        const auto output = output_names_.find(value);
        return output != output_names_.end() ? std::string(output->second) : text("_v", value);
    }

    const fbs::Program& program_;
    Bytes weights_;
    NodeNames names_;
    ProtoWriter& out_;
    const fbs::Graph& main_;
    std::unordered_map<int32_t, std::string_view> output_names_;
};

}  // namespace

ProtoWriter write_model(const fbs::Program& program, Bytes weights, uint64_t program_size, NodeNames names) {
    ProtoWriter out(size_limit(program_size, weights));
    ModelWriter(program, weights, names, out).model();
    return out;
}

}  // namespace irkit::inside
