// The C interface: irkit.h says what these functions do. Everything that throws runs inside `guard`.
#include <algorithm>
#include <atomic>
#include <new>

#include "dims.h"
#include "model_writer.h"
#include "session.h"

using namespace irkit::inside;  // this file is the library's outermost layer

struct irkit_error {
    irkit_code code;
    std::string message, layer, source;
};

struct irkit_model {
    std::shared_ptr<const Model> model;
};

struct irkit_session {
    Session session;
};

struct irkit_result {
    Result result;
};

struct irkit_canceller {
    const Onnxruntime& onnxruntime;
    OrtRunOptionsPointer options;
    std::atomic<bool> cancelled{false};
};

namespace {

irkit_error* out_of_memory() {
    static irkit_error error{IRKIT_OUT_OF_MEMORY, "out of memory", "",
                             ""};  // made at load: nothing is left then
    return &error;
}
[[maybe_unused]] irkit_error* const prepared = out_of_memory();

/// The exception that is being handled, as an error. Apart from `guard`, so that it stands in the library
/// once.
irkit_error* error_of_exception() noexcept {
    try {
        try {
            throw;
        } catch (Error& error) {
            return new irkit_error{error.code, std::move(error.message), std::move(error.layer),
                                   std::move(error.source)};
        } catch (const std::bad_alloc&) {
            return out_of_memory();
        } catch (const std::exception& error) {
            return new irkit_error{IRKIT_RUNTIME_ERROR, error.what(), "", ""};
        } catch (...) {
            return new irkit_error{IRKIT_RUNTIME_ERROR, "unknown error", "", ""};
        }
    } catch (...) {  // not even the error could be made
        return out_of_memory();
    }
}

/// Runs `body`; what it throws becomes the error that is returned.
template <class Body>
irkit_error* guard(Body body) noexcept {
    try {
        body();
        return nullptr;
    } catch (...) {
        return error_of_exception();
    }
}

void require(bool holds, const char* what) {
    if (!holds) fail(IRKIT_INVALID_ARGUMENT, what);
}

/// The caller's struct, of whatever age, as ours. Fields that it does not have keep their defaults.
template <class Struct>
Struct read_options(const Struct* given, Struct result) {
    if (!given) return result;
    require(given->struct_size >= sizeof given->struct_size, "struct_size of an options struct is not set");
    const auto* bytes = reinterpret_cast<const char*>(given);
    for (size_t k = sizeof result; k < given->struct_size; ++k) {
        if (bytes[k] != 0)
            fail(IRKIT_UNSUPPORTED_ERROR, "an option is set that this version of irkit does not have");
    }
    std::memcpy(static_cast<void*>(&result), given, std::min(given->struct_size, sizeof result));
    result.struct_size = sizeof result;
    return result;
}

/// Ours into the caller's struct, as far as it has room.
template <class Struct>
void write_struct(const Struct& ours, Struct* given) {
    const size_t size = given->struct_size;
    require(size >= sizeof size, "struct_size is not set");
    std::memcpy(static_cast<void*>(given), &ours, std::min(size, sizeof ours));
    given->struct_size = size;
}

template <class MakeMemory>
irkit_error* open_model(const irkit_model_options* options, irkit_model** model, MakeMemory make_memory) {
    if (model) *model = nullptr;
    return guard([&] {
        require(model != nullptr, "model is NULL");
        const auto used = read_options(options, irkit_model_options IRKIT_MODEL_OPTIONS_INIT);
        require(used.verify <= IRKIT_VERIFY_NEVER, "verify is none of its values");
        *model = new irkit_model{std::make_shared<const Model>(make_memory(), used.verify)};
    });
}

const char* text_of(const flatbuffers::String* string) {
    return string ? string->c_str() : "";
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

irkit_error* get_port(const irkit_model* model, bool is_input, size_t index, irkit_port* port) {
    return guard([&] {
        require(model && port, "model or port is NULL");
        const auto* ports = is_input ? model->model->program->inputs() : model->model->program->outputs();
        require(index < count(ports), "no input or output of this number");
        const auto& texts = is_input ? model->model->input_types : model->model->output_types;
        write_struct(port_of(*ports->Get(static_cast<uint32_t>(index)), texts[index]), port);
    });
}

void require_ports(const irkit_session* session, const void* inputs, size_t input_count, const void* outputs,
                   size_t output_count) {
    require(session != nullptr, "session is NULL");
    const fbs::Program& program = *session->session.model().program;
    require(input_count == count(program.inputs()) && output_count == count(program.outputs()),
            "the numbers of inputs and outputs are not those of the model");
    require((inputs || input_count == 0) && (outputs || output_count == 0), "inputs or outputs is NULL");
}

/// Runs `body` with onnxruntime's options; its error becomes Cancelled when that was the cause.
template <class Body>
void cancellable(const irkit_run_options* options, Body body) {
    const auto used = read_options(options, irkit_run_options IRKIT_RUN_OPTIONS_INIT);
    try {
        body(used.canceller ? used.canceller->options.get() : nullptr);
    } catch (const Error&) {
        if (used.canceller && used.canceller->cancelled) fail(IRKIT_CANCELLED, "the call was cancelled");
        throw;
    }
}

template <class T>
const T* entry(const irkit_model* model, const flatbuffers::Vector<flatbuffers::Offset<T>>* entries,
               size_t index) {
    return model && index < count(entries) ? entries->Get(static_cast<uint32_t>(index)) : nullptr;
}

const fbs::Entry* metadata(const irkit_model* model, size_t index) {
    return model ? entry(model, model->model->program->metadata(), index) : nullptr;
}

}  // namespace

uint32_t irkit_version(void) {
    return IRKIT_VERSION_NUMBER(IRKIT_MAJOR, IRKIT_MINOR, IRKIT_PATCH);
}
const char* irkit_version_string(void) {
    return IRKIT_VERSION_TEXT;
}
uint32_t irkit_format_version(void) {
    return kFormatVersion;
}

irkit_code irkit_error_code(const irkit_error* error) {
    return error ? error->code : IRKIT_OK;
}
const char* irkit_error_message(const irkit_error* error) {
    return error ? error->message.c_str() : "";
}
const char* irkit_error_layer(const irkit_error* error) {
    return error ? error->layer.c_str() : "";
}
const char* irkit_error_source(const irkit_error* error) {
    return error ? error->source.c_str() : "";
}
void irkit_error_free(irkit_error* error) {
    if (error != out_of_memory()) delete error;
}

const char* irkit_code_name(irkit_code code) {
    constexpr const char* kNames[] = {
        "OK",           "ShapeError",      "GraphError",      "FormatError",
        "LimitError",   "AssumptionError", "AssertionFailed", "UnsupportedError",
        "RuntimeError", "IoError",         "InvalidArgument", "Cancelled",
        "OutOfMemory"};
    const auto number = static_cast<size_t>(code);
    return number < sizeof kNames / sizeof kNames[0] ? kNames[number] : "unknown";
}

irkit_error* irkit_model_open(const char* path, const irkit_model_options* options, irkit_model** model) {
    return open_model(options, model, [&] {
        require(path != nullptr, "path is NULL");
        return Memory::map(path);
    });
}

irkit_error* irkit_model_from_memory(const void* data, size_t size, const irkit_model_options* options,
                                     irkit_model** model) {
    return open_model(options, model, [&] {
        require(data || size == 0, "data is NULL");
        return Memory::borrow(Bytes(data, size));
    });
}

irkit_error* irkit_model_from_copy(const void* data, size_t size, const irkit_model_options* options,
                                   irkit_model** model) {
    return open_model(options, model, [&] {
        require(data || size == 0, "data is NULL");
        return Memory::copy(Bytes(data, size));
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
        result.inputs = count(from.program->inputs());
        result.outputs = count(from.program->outputs());
        result.nodes = from.node_count;
        result.tensors = count(from.program->tensors());
        result.samples = from.samples.size();
        result.file_size = from.memory->bytes().size();
        result.weights_size = from.container.weights.size();
        write_struct(result, info);
    });
}

irkit_error* irkit_model_get_input(const irkit_model* model, size_t index, irkit_port* port) {
    return get_port(model, true, index, port);
}

irkit_error* irkit_model_get_output(const irkit_model* model, size_t index, irkit_port* port) {
    return get_port(model, false, index, port);
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
        const auto middle =
            sample.begin() + static_cast<std::ptrdiff_t>(count(model->model->program->inputs()));
        std::copy(sample.begin(), middle, inputs);
        std::copy(middle, sample.end(), outputs);
    });
}

irkit_error* irkit_model_write_onnx(const irkit_model* model, void* buffer, size_t capacity, size_t* size) {
    return guard([&] {
        require(model && size, "model or size is NULL");
        const Container& container = model->model->container;
        const ProtoWriter proto =
            write_model(*model->model->program, container.weights, container.program.size());
        *size = proto.written().size();
        if (buffer && capacity >= *size) std::memcpy(buffer, proto.written().data(), *size);
    });
}

irkit_error* irkit_session_create(const irkit_model* model, const irkit_session_options* options,
                                  irkit_session** session) {
    if (session) *session = nullptr;
    return guard([&] {
        require(model && session, "model or session is NULL");
        const auto used = read_options(options, irkit_session_options IRKIT_SESSION_OPTIONS_INIT);
        *session = new irkit_session{Session(model->model, used)};
    });
}

void irkit_session_free(irkit_session* session) {
    delete session;
}

const char* irkit_onnxruntime_version(void) {
    const Onnxruntime* loaded = Onnxruntime::loaded();
    return loaded ? loaded->version().c_str() : "";
}

void irkit_result_free(irkit_result* result) {
    delete result;
}

irkit_error* irkit_canceller_create(const irkit_session* session, irkit_canceller** canceller) {
    if (canceller) *canceller = nullptr;
    return guard([&] {
        require(session && canceller, "session or canceller is NULL");
        const Onnxruntime& ort = session->session.onnxruntime();
        OrtRunOptions* options = nullptr;
        ort.check(ort.api().CreateRunOptions(&options));
        *canceller = new irkit_canceller{ort, OrtRunOptionsPointer(options)};
    });
}

irkit_error* irkit_cancel(irkit_canceller* canceller) {
    return guard([&] {
        require(canceller != nullptr, "canceller is NULL");
        canceller->cancelled = true;
        canceller->onnxruntime.check(
            canceller->onnxruntime.api().RunOptionsSetTerminate(canceller->options.get()));
    });
}

irkit_error* irkit_canceller_reset(irkit_canceller* canceller) {
    return guard([&] {
        require(canceller != nullptr, "canceller is NULL");
        canceller->onnxruntime.check(
            canceller->onnxruntime.api().RunOptionsUnsetTerminate(canceller->options.get()));
        canceller->cancelled = false;
    });
}

void irkit_canceller_free(irkit_canceller* canceller) {
    delete canceller;
}

irkit_error* irkit_run(irkit_session* session, const irkit_tensor* inputs, size_t input_count,
                       irkit_tensor* outputs, size_t output_count, const irkit_run_options* options,
                       irkit_result** result) {
    if (result) *result = nullptr;
    return guard([&] {
        require_ports(session, inputs, input_count, outputs, output_count);
        const bool all_owned =
            std::all_of(outputs, outputs + output_count, [](const irkit_tensor& t) { return t.data; });
        require(result || all_owned, "result is NULL and an output has no buffer");
        std::unique_ptr<irkit_result> made(result ? new irkit_result : nullptr);
        Result unused;
        cancellable(options, [&](const OrtRunOptions* run_options) {
            session->session.run(inputs, outputs, run_options, made ? made->result : unused);
        });
        if (result) *result = made.release();
    });
}

irkit_error* irkit_run_values(irkit_session* session, const irkit_value* inputs, size_t input_count,
                              irkit_value* outputs, size_t output_count, const irkit_run_options* options,
                              irkit_result** result) {
    if (result) *result = nullptr;
    return guard([&] {
        require_ports(session, inputs, input_count, outputs, output_count);
        require(result != nullptr, "result is NULL");
        auto made = std::make_unique<irkit_result>();
        cancellable(options, [&](const OrtRunOptions* run_options) {
            session->session.run_values(inputs, outputs, run_options, made->result);
        });
        *result = made.release();
    });
}

irkit_error* irkit_self_test(irkit_session* session, size_t* samples) {
    return guard([&] {
        require(session != nullptr, "session is NULL");
        if (samples) *samples = session->session.model().samples.size();
        self_test(session->session);
    });
}
