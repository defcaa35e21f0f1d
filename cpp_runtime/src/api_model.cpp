// The C interface: opening models, and asking what is in them. irkit.h says what these functions do.
#include "api.h"
#include "dims.h"
#include "dtype.h"
#include "model_writer.h"

using namespace irkit::inside;  // this file is part of the library's outermost layer

namespace {

void check_size(size_t size, uint64_t limit) {
    if (limit > 0 && size > limit)
        fail(IRKIT_LIMIT_ERROR, "the model has ", size, " bytes, at most ", limit, " are allowed");
}

template <class MakeMemory>
irkit_error* open_model(const irkit_model_options* options, irkit_model** model, MakeMemory make_memory) {
    if (model) *model = nullptr;
    return guard([&] {
        require(model != nullptr, "model is NULL");
        const auto used = read_options(options, irkit_model_options IRKIT_MODEL_OPTIONS_INIT);
        require(used.verify <= IRKIT_VERIFY_NEVER, "verify is none of its values");
        *model = new irkit_model{std::make_shared<const Model>(make_memory(used.max_file_size), used)};
    });
}

irkit_port port_of(const fbs::Port& port, const std::string& type_text) {
    const fbs::Type& type = *port.type();
    irkit_port result{};
    result.name = text_of(port.name());
    result.type = type_text.c_str();
    result.dtype = static_cast<irkit_dtype>(type.dtype());
    result.is_tensor = type.kind() == fbs::TypeKind::tensor;
    result.rank = type.has_rank() ? static_cast<int32_t>(count(type.dims())) : -1;
    for (int32_t k = 0; k < result.rank; ++k) {
        result.dims[k] = constant_of(*type.dims()->Get(static_cast<uint32_t>(k))).value_or(-1);
    }
    result.structure = text_of(port.structure());
    result.kind = static_cast<irkit_kind>(type.kind());
    return result;
}

using Ports = flatbuffers::Vector<flatbuffers::Offset<fbs::Port>>;

/// Port `index` of the user's, or of the states' when `first` is not 0.
irkit_error* get_port(const irkit_model* model, bool is_input, size_t first, size_t end, size_t index,
                      irkit_port* port) {
    return guard([&] {
        require(model && port, "model or port is NULL");
        require(index < end - first, "no input, output or state of this number");
        const Ports& ports = *(is_input ? model->model->program->inputs() : model->model->program->outputs());
        const auto& texts = is_input ? model->model->input_types : model->model->output_types;
        write_struct(port_of(*ports.Get(static_cast<uint32_t>(first + index)), texts[first + index]), port);
    });
}

template <class T>
const T* entry(const irkit_model* model, const flatbuffers::Vector<flatbuffers::Offset<T>>* entries,
               size_t index) {
    return model && index < count(entries) ? entries->Get(static_cast<uint32_t>(index)) : nullptr;
}

const fbs::Entry* metadata(const irkit_model* model, size_t index) {
    return model ? entry(model, model->model->program->metadata(), index) : nullptr;
}

/// What the output will be; rank -1 when that is not known.
void infer_output(const Model& model, size_t index, const std::vector<int64_t>& symbols,
                  irkit_tensor& output) {
    const fbs::Type& type = *model.program->outputs()->Get(static_cast<uint32_t>(index))->type();
    output.dtype = static_cast<irkit_dtype>(type.dtype());
    output.size = 0;
    if (!model.signature.output_shape(index, symbols, output)) {
        output.rank = -1;
        return;
    }
    const auto elements = element_count(output.dims, static_cast<uint64_t>(output.rank));
    if (!elements) fail(IRKIT_LIMIT_ERROR, "output ", index, " would be larger than any memory");
    output.size = packed_size(output.dtype, *elements).value_or(0);
}

}  // namespace

irkit_error* irkit_model_open(const char* path, const irkit_model_options* options, irkit_model** model) {
    return open_model(options, model, [&](uint64_t limit) {
        require(path != nullptr, "path is NULL");
        return Memory::map(path, limit);
    });
}

irkit_error* irkit_model_open_fd(int fd, const irkit_model_options* options, irkit_model** model) {
    return open_model(options, model, [&](uint64_t limit) { return Memory::map(fd, limit); });
}

irkit_error* irkit_model_from_memory(const void* data, size_t size, const irkit_model_options* options,
                                     irkit_model** model) {
    return open_model(options, model, [&](uint64_t limit) {
        check_size(size, limit);
        require(data || size == 0, "data is NULL");
        return Memory::borrow(Bytes(data, size));
    });
}

irkit_error* irkit_model_from_copy(const void* data, size_t size, const irkit_model_options* options,
                                   irkit_model** model) {
    return open_model(options, model, [&](uint64_t limit) {
        check_size(size, limit);
        require(data || size == 0, "data is NULL");
        return Memory::copy(Bytes(data, size));
    });
}

irkit_error* irkit_model_from_owned(void* data, size_t size, irkit_release_function release, void* user,
                                    const irkit_model_options* options, irkit_model** model) {
    std::unique_ptr<Memory> memory;
    irkit_error* error = guard([&] {
        require(release != nullptr, "release is NULL");
        memory = Memory::own(data, size, release, user);
    });
    if (error) {
        if (model) *model = nullptr;
        return error;
    }
    return open_model(options, model, [&](uint64_t limit) {
        check_size(size, limit);
        return std::move(memory);
    });
}

void irkit_model_free(irkit_model* model) {
    delete model;
}

irkit_error* irkit_model_get_info(const irkit_model* model, irkit_model_info* info) {
    return guard([&] {
        require(model && info, "model or info is NULL");
        const Model& from = *model->model;
        irkit_model_info result{};
        result.name = text_of(from.program->name());
        result.producer = text_of(from.program->producer());
        result.opset = from.program->opset();
        result.inputs = from.inputs;
        result.outputs = from.outputs;
        result.nodes = from.node_count;
        result.tensors = count(from.program->tensors());
        result.samples = from.samples.size();
        result.file_size = from.memory->bytes().size();
        result.weights_size = from.container.weights.size();
        result.states = from.states;
        result.symbols = count(from.program->symbols());
        result.constraints = count(from.program->constraints());
        result.assumptions = count(from.program->assumptions());
        result.metadata = count(from.program->metadata());
        write_struct(result, info);
    });
}

irkit_error* irkit_model_get_input(const irkit_model* model, size_t index, irkit_port* port) {
    return get_port(model, true, 0, model ? model->model->inputs : 0, index, port);
}

irkit_error* irkit_model_get_output(const irkit_model* model, size_t index, irkit_port* port) {
    return get_port(model, false, 0, model ? model->model->outputs : 0, index, port);
}

irkit_error* irkit_model_get_state(const irkit_model* model, size_t index, irkit_port* port) {
    const size_t first = model ? model->model->inputs : 0;
    return get_port(model, true, first, model ? first + model->model->states : 0, index, port);
}

irkit_error* irkit_model_get_dim(const irkit_model* model, int32_t is_output, size_t index, size_t axis,
                                 char* buffer, size_t capacity, size_t* size) {
    return guard([&] {
        require(model != nullptr, "model is NULL");
        const Model& from = *model->model;
        require(index < (is_output ? from.outputs : from.inputs), "no input or output of this number");
        const Ports& ports = *(is_output ? from.program->outputs() : from.program->inputs());
        const fbs::Type& type = *ports.Get(static_cast<uint32_t>(index))->type();
        require(axis < count(type.dims()), "no axis of this number");
        write_buffer(to_text(*type.dims()->Get(static_cast<uint32_t>(axis)), *from.program), true, buffer,
                     capacity, size);
    });
}

const char* irkit_model_symbol(const irkit_model* model, size_t index) {
    const auto* symbols = model ? model->model->program->symbols() : nullptr;
    return index < count(symbols) ? text_of(symbols->Get(static_cast<uint32_t>(index))) : nullptr;
}

irkit_error* irkit_model_get_constraint(const irkit_model* model, size_t index, char* buffer, size_t capacity,
                                        size_t* size) {
    return guard([&] {
        const auto* found = model ? entry(model, model->model->program->constraints(), index) : nullptr;
        require(found != nullptr, "no constraint of this number");
        const fbs::Program& program = *model->model->program;
        std::string constraint =
            text(to_text(*found->left(), program), " == ", to_text(*found->right(), program));
        if (count(found->origin()) > 0) constraint += text(" (", view(found->origin()), ")");
        write_buffer(constraint, true, buffer, capacity, size);
    });
}

irkit_error* irkit_model_infer_outputs(const irkit_model* model, const irkit_tensor* inputs,
                                       size_t input_count, irkit_tensor* outputs, size_t output_count) {
    return guard([&] {
        require(model != nullptr, "model is NULL");
        const Model& from = *model->model;
        require(input_count == from.inputs && output_count == from.outputs,
                "the numbers of inputs and outputs are not those of the model");
        require((inputs || input_count == 0) && (outputs || output_count == 0), "inputs or outputs is NULL");
        std::vector<irkit_value> values(input_count);
        for (size_t k = 0; k < input_count; ++k) values[k] = {IRKIT_KIND_TENSOR, inputs + k, 1};
        const std::vector<int64_t> symbols = from.signature.bind(values.data());
        for (size_t k = 0; k < output_count; ++k) infer_output(from, k, symbols, outputs[k]);
    });
}

const char* irkit_model_metadata_key(const irkit_model* model, size_t index) {
    const fbs::Entry* found = metadata(model, index);
    return found ? text_of(found->key()) : nullptr;
}

const char* irkit_model_metadata_value(const irkit_model* model, size_t index) {
    const fbs::Entry* found = metadata(model, index);
    return found ? text_of(found->value()) : nullptr;
}

const char* irkit_model_assumption(const irkit_model* model, size_t index) {
    const auto* found = model ? entry(model, model->model->program->assumptions(), index) : nullptr;
    return found ? text_of(found->text()) : nullptr;
}

irkit_error* irkit_model_get_sample(const irkit_model* model, size_t index, irkit_tensor* inputs,
                                    irkit_tensor* outputs) {
    return guard([&] {
        require(model && inputs && outputs, "model, inputs or outputs is NULL");
        require(index < model->model->samples.size(), "no sample of this number");
        const auto& sample = model->model->samples[index];
        const auto middle = sample.begin() + static_cast<std::ptrdiff_t>(model->model->inputs);
        std::copy(sample.begin(), middle, inputs);
        std::copy(middle, sample.end(), outputs);
    });
}

irkit_error* irkit_model_write_onnx(const irkit_model* model, void* buffer, size_t capacity, size_t* size) {
    return guard([&] {
        require(model != nullptr, "model is NULL");
        const Container& container = model->model->container;
        const ProtoWriter proto =
            write_model(*model->model->program, container.weights, container.program.size());
        write_buffer(proto.written(), false, buffer, capacity, size);
    });
}
