#include "session.h"

#include <algorithm>

#include "dtype.h"
#include "located.h"
#include "model_writer.h"

namespace irkit::inside {
namespace {

std::vector<const char*> names_of(const flatbuffers::Vector<flatbuffers::Offset<fbs::Port>>* ports) {
    std::vector<const char*> result;
    for (const fbs::Port* port : each(ports)) result.push_back(port->name()->c_str());
    return result;
}

GraphOptimizationLevel level_of(irkit_optimization optimization) {
    switch (optimization) {
        case IRKIT_OPTIMIZE_ALL:
            return ORT_ENABLE_ALL;
        case IRKIT_OPTIMIZE_EXTENDED:
            return ORT_ENABLE_EXTENDED;
        case IRKIT_OPTIMIZE_BASIC:
            return ORT_ENABLE_BASIC;
        case IRKIT_OPTIMIZE_NONE:
            return ORT_DISABLE_ALL;
    }
    fail(IRKIT_INVALID_ARGUMENT, "optimization: ", static_cast<int>(optimization));
}

}  // namespace

Session::Session(std::shared_ptr<const Model> model, const irkit_session_options& options)
    : model_(std::move(model)),
      ort_(Onnxruntime::load(options.library)),
      signature_(*model_->program),
      input_names_(names_of(model_->program->inputs())),
      output_names_(names_of(model_->program->outputs())),
      log_(options.log),
      log_user_(options.log_user) {
    refuse_ports(fbs::TypeKind::optional, IRKIT_UNSUPPORTED_ERROR,
                 " is an optional; this version of the runtime passes tensors and sequences only");
    const OrtOptionsPointer prepared = make_options(options);
    const ProtoWriter proto =
        write_model(*model_->program, model_->container.weights, model_->container.program.size());
    OrtSession* session = nullptr;
    try {
        ort_.check(ort_.api().CreateSessionFromArray(ort_.environment(), proto.written().data(),
                                                     proto.written().size(), prepared.get(), &session));
    } catch (const Error& error) {
        throw refused_model(error, *model_->program);
    }
    session_.reset(session);
    prepare_empty_sequences();
}

OrtOptionsPointer Session::make_options(const irkit_session_options& options) const {
    const OrtApi& api = ort_.api();
    OrtSessionOptions* made = nullptr;
    ort_.check(api.CreateSessionOptions(&made));
    OrtOptionsPointer result(made);
    if (options.threads < 0) fail(IRKIT_INVALID_ARGUMENT, "threads: ", options.threads);
    ort_.check(api.SetIntraOpNumThreads(made, options.threads));
    ort_.check(api.SetSessionGraphOptimizationLevel(made, level_of(options.optimization)));
    ort_.check(api.SetSessionLogSeverityLevel(
        made, log_ ? static_cast<int>(options.log_level) : ORT_LOGGING_LEVEL_FATAL));
    if (log_) ort_.check(api.SetUserLoggingFunction(made, forward_log, const_cast<Session*>(this)));
    if (options.disable_arena) ort_.check(api.DisableCpuMemArena(made));
    if (options.disable_prepacking)
        ort_.check(api.AddSessionConfigEntry(made, "session.disable_prepacking", "1"));
    share_weights(made);
    return result;
}

/// Before 1.31 onnxruntime copies the weights out of our memory; since then it reads them there.
void Session::share_weights(OrtSessionOptions* options) const {
    const Bytes weights = model_->container.weights;
    if (weights.size() == 0) return;
    const char* names[] = {kWeightsLocation};
    char* buffers[] = {const_cast<char*>(reinterpret_cast<const char*>(weights.data()))};  // only read
    const size_t lengths[] = {weights.size()};
    ort_.check(ort_.api().AddExternalInitializersFromFilesInMemory(options, names, buffers, lengths, 1));
    if (!ort_.shares_weights()) return;
    ort_.check(ort_.api().AddSessionConfigEntry(
        options, "session.use_external_initializer_file_buffers_directly", "1"));
}

/// Fails when an input or output is of the kind `from` or one that comes after it.
void Session::refuse_ports(fbs::TypeKind from, irkit_code code, const char* why) const {
    for (const auto* ports : {model_->program->inputs(), model_->program->outputs()}) {
        for (const fbs::Port* port : each(ports)) {
            if (port->type()->kind() >= from) fail(code, quoted(view(port->name())), why);
        }
    }
}

void Session::forward_log(void* session, OrtLoggingLevel level, const char*, const char*, const char*,
                          const char* message) {
    const auto* self = static_cast<const Session*>(session);
    self->log_(self->log_user_, static_cast<irkit_log_level>(level), message);
}

void Session::run(const irkit_tensor* inputs, irkit_tensor* outputs, const OrtRunOptions* run_options,
                  Result& result) const {
    refuse_ports(fbs::TypeKind::sequence, IRKIT_INVALID_ARGUMENT,
                 " is a sequence; irkit_run passes tensors only, irkit_run_values sequences too");
    std::vector<irkit_value> given(input_names_.size());
    for (size_t k = 0; k < given.size(); ++k) given[k] = {IRKIT_KIND_TENSOR, inputs + k, 1};
    const std::vector<int64_t> symbols = signature_.bind(given.data());
    OrtValues made;
    for (size_t k = 0; k < output_names_.size(); ++k) made.push_back(output_value(k, symbols, outputs[k]));
    call(given.data(), made, run_options);
    for (size_t k = 0; k < made.size(); ++k) take_output(std::move(made[k]), outputs[k], result);
}

/// What `outputs` lacks onnxruntime makes.
void Session::call(const irkit_value* inputs, OrtValues& outputs, const OrtRunOptions* run_options) const {
    const size_t input_count = input_names_.size(), output_count = output_names_.size();
    OrtValues owned;
    std::vector<OrtValue*> raw(input_count + output_count);
    for (size_t k = 0; k < input_count; ++k) raw[k] = owned.emplace_back(input_value(k, inputs[k])).get();
    for (size_t k = 0; k < output_count; ++k) raw[input_count + k] = outputs[k].get();
    OrtStatus* status =
        ort_.api().Run(session_.get(), run_options, input_names_.data(), raw.data(), input_count,
                       output_names_.data(), output_count, raw.data() + input_count);
    // What onnxruntime has put out is ours even when it failed.
    for (size_t k = 0; k < output_count; ++k) {
        if (!outputs[k]) outputs[k].reset(raw[input_count + k]);
    }
    try {
        ort_.check(status);
    } catch (const Error& error) {
        throw failed_run(error, *model_->program);
    }
}

OrtValuePointer Session::input_value(size_t index, const irkit_value& input) const {
    return input.kind == IRKIT_KIND_TENSOR ? input_tensor(index, 0, *input.tensors)
                                           : sequence_value(index, input);
}

OrtValuePointer Session::input_tensor(size_t index, size_t element, const irkit_tensor& input) const {
    const auto elements = element_count(input.dims, static_cast<uint64_t>(input.rank));
    if (!elements) fail(IRKIT_SHAPE_ERROR, signature_.place_text(index, element), ": impossible sizes");
    const auto size =
        input.dtype == IRKIT_STRING ? *elements * sizeof(const char*) : packed_size(input.dtype, *elements);
    if (size != input.size || (input.size > 0 && !input.data)) {
        fail(IRKIT_INVALID_ARGUMENT, signature_.place_text(index, element), ": its buffer has ", input.size,
             " bytes, its sizes make ", size.value_or(0));
    }
    if (input.dtype == IRKIT_STRING) return string_value(input, *elements);
    OrtValue* value = nullptr;
    static char nothing;  // onnxruntime wants a pointer even for no elements
    ort_.check(ort_.api().CreateTensorWithDataAsOrtValue(
        ort_.cpu_memory(), input.data ? input.data : &nothing, input.size, input.dims,
        static_cast<size_t>(input.rank), static_cast<ONNXTensorElementDataType>(input.dtype), &value));
    return OrtValuePointer(value);
}

OrtValuePointer Session::string_value(const irkit_tensor& input, size_t elements) const {
    OrtAllocator* allocator = nullptr;
    ort_.check(ort_.api().GetAllocatorWithDefaultOptions(&allocator));
    OrtValue* value = nullptr;
    ort_.check(ort_.api().CreateTensorAsOrtValue(allocator, input.dims, static_cast<size_t>(input.rank),
                                                 ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING, &value));
    OrtValuePointer result(value);
    ort_.check(ort_.api().FillStringTensor(value, static_cast<const char* const*>(input.data), elements));
    return result;
}

/// A value around the caller's buffer when the output's size is known and fits; else none, and onnxruntime
/// makes one.
OrtValuePointer Session::output_value(size_t index, const std::vector<int64_t>& symbols,
                                      irkit_tensor& output) const {
    if (!output.data || !signature_.output_shape(index, symbols, output)) return nullptr;
    const auto elements = element_count(output.dims, static_cast<uint64_t>(output.rank));
    const auto size = elements ? packed_size(output.dtype, *elements) : std::nullopt;
    if (!size) return nullptr;
    if (*size > output.size) {
        fail(IRKIT_INVALID_ARGUMENT, "output ", quoted(output_names_[index]), " needs ", *size,
             " bytes, the buffer has ", output.size);
    }
    OrtValue* value = nullptr;
    ort_.check(ort_.api().CreateTensorWithDataAsOrtValue(
        ort_.cpu_memory(), output.data, *size, output.dims, static_cast<size_t>(output.rank),
        static_cast<ONNXTensorElementDataType>(output.dtype), &value));
    return OrtValuePointer(value);
}

void Session::describe(OrtValue* value, irkit_tensor& output) const {
    OrtTensorTypeAndShapeInfo* info = nullptr;
    ort_.check(ort_.api().GetTensorTypeAndShape(value, &info));
    const OrtShapePointer owned(info);
    ONNXTensorElementDataType dtype;
    size_t rank = 0;
    ort_.check(ort_.api().GetTensorElementType(info, &dtype));
    ort_.check(ort_.api().GetDimensionsCount(info, &rank));
    if (rank > IRKIT_MAX_RANK) fail(IRKIT_LIMIT_ERROR, "an output of rank ", rank);
    output.dtype = static_cast<irkit_dtype>(dtype);
    output.rank = static_cast<int32_t>(rank);
    ort_.check(ort_.api().GetDimensions(info, output.dims, rank));
}

void Session::take_output(OrtValuePointer value, irkit_tensor& output, Result& result) const {
    describe(value.get(), output);
    if (output.dtype == IRKIT_STRING) return take_strings(value.get(), output, result);
    void* data = nullptr;
    ort_.check(ort_.api().GetTensorMutableData(value.get(), &data));
    const auto elements = element_count(output.dims, static_cast<uint64_t>(output.rank));
    const uint64_t size = packed_size(output.dtype, *elements).value();
    if (output.data && output.data != data) {
        if (size > output.size)
            fail(IRKIT_INVALID_ARGUMENT, "an output needs ", size, " bytes, the buffer has ", output.size);
        std::memcpy(output.data, data, size);
    } else if (!output.data) {
        output.data = data;
        result.values.push_back(std::move(value));
    }
    output.size = size;
}

void Session::take_strings(OrtValue* value, irkit_tensor& output, Result& result) const {
    if (output.data) fail(IRKIT_INVALID_ARGUMENT, "strings cannot be put into a buffer of the caller's");
    const uint64_t elements = *element_count(output.dims, static_cast<uint64_t>(output.rank));
    size_t length = 0;
    ort_.check(ort_.api().GetStringTensorDataLength(value, &length));
    std::unique_ptr<char[]> joined(new char[length + 1]), ended(new char[length + elements]);
    std::vector<size_t> starts(elements + 1, length);
    ort_.check(ort_.api().GetStringTensorContent(value, joined.get(), length, starts.data(), elements));
    starts[elements] = length;
    std::unique_ptr<const char*[]> pointers(new const char*[elements]);
    char* at = ended.get();
    for (uint64_t k = 0; k < elements; ++k) {
        pointers[k] = at;
        at = std::copy(joined.get() + starts[k], joined.get() + starts[k + 1], at);
        *at++ = '\0';
    }
    output.data = pointers.get();
    output.size = elements * sizeof(const char*);
    result.texts.push_back(std::move(ended));
    result.pointers.push_back(std::move(pointers));
}

}  // namespace irkit::inside
