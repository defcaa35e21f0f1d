// How the fuzzer changes a model file: inside, with checksums, offsets and arrangement put right afterwards.
// Otherwise every change would end at the first checksum.
#include <cstdint>
#include <cstring>
#include <random>

#include "builder.h"
#include "container.h"
#include "layout.h"
#include "memory.h"
#include "sealing.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t most);

namespace {

using irkit::inside::Bytes;
using irkit::inside::Container;

using Chance = std::minstd_rand;

template <class T>
T& any(std::vector<T>& from, Chance& chance) {
    return from[chance() % from.size()];
}

int64_t number(int64_t old, Chance& chance) {
    constexpr int64_t kEdges[] = {0,    1,     2,         -1,        -2,         3,         4,
                                  7,    8,     16,        32,        64,         255,       256,
                                  4096, 65536, INT32_MAX, INT32_MIN, UINT32_MAX, INT64_MAX, INT64_MIN};
    switch (chance() % 4) {
        case 0:
            return static_cast<int64_t>(static_cast<uint64_t>(old) + 1);
        case 1:
            return static_cast<int64_t>(static_cast<uint64_t>(old) - 1);
        case 2:
            return static_cast<int64_t>(chance() % 8);
        default:
            return kEdges[chance() % std::size(kEdges)];
    }
}

template <class T>
void change(T& value, Chance& chance) {
    value = static_cast<T>(number(static_cast<int64_t>(value), chance));
}

/// Change, remove, repeat or add an element.
template <class T>
void change_list(std::vector<T>& list, Chance& chance) {
    const size_t at = list.empty() ? 0 : chance() % list.size();
    switch (chance() % (list.empty() ? 1 : 4)) {
        case 0:
            return list.push_back(static_cast<T>(chance() % 6));
        case 1:
            list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
            return;
        default:
            change(list[at], chance);
    }
}

void change_text(std::string& text, Chance& chance) {
    text.resize(std::max<size_t>(text.size() + 8, 16));
    auto* bytes = reinterpret_cast<uint8_t*>(text.data());
    text.resize(LLVMFuzzerMutate(bytes, text.size() - 8, text.size()));
    if (chance() % 8 == 0) text.clear();
}

void change_dim(std::unique_ptr<fb::DimT>& dim, Chance& chance) {
    const auto token = [&] {
        return fb::DimToken(chance() % 2 ? number(0, chance) : 0, static_cast<fb::DimOp>(chance() % 9));
    };
    if (dim->tokens.empty() || chance() % 2) {
        dim->tokens.push_back(token());
    } else {
        dim->tokens[chance() % dim->tokens.size()] = token();
    }
}

void change_type(fb::TypeT& type, Chance& chance) {
    switch (chance() % 6) {
        case 0:
            return change(type.dtype, chance);
        case 1:
            return change(type.kind, chance);
        case 2:
            return change(type.element_kind, chance);
        case 3:
            type.has_rank = !type.has_rank;
            return;
        case 4:
            type.dims.push_back(constant(3));
            return;
        default:
            if (!type.dims.empty()) change_dim(any(type.dims, chance), chance);
    }
}

void change_ports(std::vector<std::unique_ptr<fb::PortT>>& ports, Chance& chance) {
    if (ports.empty() || chance() % 16 == 0) {
        ports.push_back(std::make_unique<fb::PortT>());
        return;
    }
    fb::PortT& port = *any(ports, chance);
    if (chance() % 4 == 0) return change_text(port.name, chance);
    if (!port.type) port.type = std::make_unique<fb::TypeT>();
    change_type(*port.type, chance);
}

void change_attribute(fb::AttributeT& attribute, Chance& chance) {
    switch (chance() % 9) {
        case 0:
            return change(attribute.name, chance);
        case 1:
            return change(attribute.kind, chance);
        case 2:
            return change(attribute.i, chance);
        case 3:
            attribute.f = static_cast<float>(number(0, chance));
            return;
        case 4:
            return change_list(attribute.s, chance);
        case 5:
            return change_list(attribute.ints, chance);
        case 6:
            attribute.floats.push_back(-1);
            return;
        case 7:
            attribute.strings.push_back(std::make_unique<fb::BytesT>());
            return;
        default:
            if (!attribute.strings.empty()) change_list(any(attribute.strings, chance)->data, chance);
    }
}

void change_node(fb::NodeT& node, Chance& chance) {
    switch (chance() % 8) {
        case 0:
            return change(node.op, chance);
        case 1:
            return change(node.domain, chance);
        case 2:
        case 3:
            return change_list(node.inputs, chance);
        case 4:
            return change_list(node.outputs, chance);
        case 5:
            return change(chance() % 2 ? node.layer : node.source, chance);
        case 6:
            node.attributes.push_back(std::make_unique<fb::AttributeT>());
            return;
        default:
            if (!node.attributes.empty()) change_attribute(*any(node.attributes, chance), chance);
    }
}

void change_graph(fb::ProgramT& program, Chance& chance) {
    if (program.graphs.empty() || chance() % 32 == 0) {
        program.graphs.push_back(std::make_unique<fb::GraphT>());
        return;
    }
    fb::GraphT& graph = *any(program.graphs, chance);
    const auto kind = chance() % 8;
    if (kind == 0) return change_list(graph.inputs, chance);
    if (kind == 1) return change_list(graph.outputs, chance);
    if (kind == 2 && !graph.nodes.empty())
        graph.nodes.push_back(std::make_unique<fb::NodeT>(*any(graph.nodes, chance)));
    if (!graph.nodes.empty()) change_node(*any(graph.nodes, chance), chance);
}

void change_tensor(fb::ProgramT& program, Chance& chance) {
    if (program.tensors.empty() || chance() % 16 == 0) {
        program.tensors.push_back(std::make_unique<fb::TensorT>());
        return;
    }
    fb::TensorT& tensor = *any(program.tensors, chance);
    switch (chance() % 5) {
        case 0:
            return change(tensor.dtype, chance);
        case 1:
            return change_list(tensor.dims, chance);
        case 2:
            return change(tensor.offset, chance);
        case 3:
            return change(tensor.length, chance);
        default:
            return change_text(tensor.name, chance);
    }
}

void change_facts(fb::ProgramT& program, Chance& chance) {
    switch (chance() % 6) {
        case 0:
            program.metadata.push_back(std::make_unique<fb::EntryT>());
            return change_text(program.metadata.back()->key, chance);
        case 1:
            program.states.push_back(std::make_unique<fb::StateT>());
            program.states.back()->name = "state";
            return change(program.states.back()->input, chance);
        case 2:
            program.assumptions.push_back(std::make_unique<fb::AssumptionT>());
            return change(program.assumptions.back()->input, chance);
        case 3:
            if (!program.states.empty()) change(any(program.states, chance)->initial, chance);
            return;
        default:
            program.constraints.push_back(std::make_unique<fb::ConstraintT>());
            program.constraints.back()->left = constant(1);
            change_dim(program.constraints.back()->left, chance);
            program.constraints.back()->right = chance() % 2 ? symbol(0) : constant(1);
    }
}

void change_program(fb::ProgramT& program, Chance& chance) {
    switch (chance() % 12) {
        case 0:
            return change_ports(chance() % 2 ? program.inputs : program.outputs, chance);
        case 1:
            return change_facts(program, chance);
        case 2:
            return change_tensor(program, chance);
        case 3:
            return change_list(program.initializers, chance);
        case 4:
            if (!program.strings.empty()) change_text(any(program.strings, chance), chance);
            return;
        case 5:
            if (!program.symbols.empty()) change_text(any(program.symbols, chance), chance);
            return;
        case 6:
            return change(chance() % 2 ? program.opset : program.onnx_ir_version, chance);
        default:
            return change_graph(program, chance);
    }
}

std::string mutated(std::string bytes, size_t room) {
    const size_t size = bytes.size();
    bytes.resize(size + room);
    bytes.resize(LLVMFuzzerMutate(reinterpret_cast<uint8_t*>(bytes.data()), size, bytes.size()));
    return bytes;
}

std::string text_of(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The file with one thing changed in one of its sections; everything around fits again.
std::string changed_inside(const Container& container, Chance& chance) {
    irkit::inside::verify_layout(container.program);
    Parts parts;
    fb::GetProgram(container.program.data())->UnPackTo(&parts.program);
    parts.weights = text_of(container.weights);
    parts.vectors = text_of(container.vectors);
    const auto kind = chance() % 16;
    if (kind == 0) parts.weights = mutated(std::move(parts.weights), 64);
    if (kind == 1) parts.vectors = mutated(std::move(parts.vectors), 64);
    if (kind == 2) parts.change_bytes = [](const std::string& program) { return mutated(program, 64); };
    for (uint64_t k = kind < 3 ? 0 : 1 + chance() % 3; k > 0; --k) change_program(parts.program, chance);
    return parts.bytes();
}

}  // namespace

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t most, unsigned seed) {
    Chance chance(seed);
    if (chance() % 16 != 0) {
        try {
            const auto memory = irkit::inside::Memory::copy({data, size});
            const Container container = read_container(memory->bytes(), IRKIT_VERIFY_NEVER);
            const std::string made = changed_inside(container, chance);
            if (made.size() <= most) {
                std::memcpy(data, made.data(), made.size());
                return made.size();
            }
        } catch (const irkit::inside::Error&) {
            // Not a file any more: as any bytes.
        }
    }
    size = LLVMFuzzerMutate(data, size, most);
    if (chance() % 8 == 0) return size;
    std::string sealed(reinterpret_cast<const char*>(data), size);
    seal(sealed);
    std::memcpy(data, sealed.data(), size);
    return size;
}
