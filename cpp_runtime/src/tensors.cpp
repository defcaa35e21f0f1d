// Tensors, as the caller has them and as onnxruntime has them.
#include <algorithm>

#include "dtype.h"
#include "session.h"

namespace irkit::inside {

OrtValuePointer Session::input_tensor(size_t index, size_t element, const irkit_tensor& input) const {
    const auto place = [&] { return model_->signature.place_text(index, element); };
    const auto elements = element_count(input.dims, static_cast<uint64_t>(input.rank));
    if (!elements) fail(IRKIT_SHAPE_ERROR, place(), ": impossible sizes");
    const auto size =
        input.dtype == IRKIT_STRING ? *elements * sizeof(const char*) : packed_size(input.dtype, *elements);
    if (size != input.size || (input.size > 0 && !input.data)) {
        fail(IRKIT_INVALID_ARGUMENT, place(), ": its buffer has ", input.size, " bytes, its sizes make ",
             size.value_or(0));
    }
    return input.dtype == IRKIT_STRING ? string_value(input, *elements) : tensor_around(input);
}

/// A value that uses the tensor's own memory.
OrtValuePointer Session::tensor_around(const irkit_tensor& tensor) const {
    OrtValue* value = nullptr;
    static char nothing;  // onnxruntime wants a pointer even for no elements
    ort_.check(ort_.api().CreateTensorWithDataAsOrtValue(
        ort_.cpu_memory(), tensor.data ? tensor.data : &nothing, tensor.size, tensor.dims,
        static_cast<size_t>(tensor.rank), static_cast<ONNXTensorElementDataType>(tensor.dtype), &value));
    return OrtValuePointer(value);
}

/// A value with memory of its own, not filled but for strings, which are empty.
OrtValuePointer Session::new_tensor(irkit_dtype dtype, const int64_t* dims, size_t rank) const {
    OrtAllocator* allocator = nullptr;
    ort_.check(ort_.api().GetAllocatorWithDefaultOptions(&allocator));
    OrtValue* value = nullptr;
    ort_.check(ort_.api().CreateTensorAsOrtValue(allocator, dims, rank,
                                                 static_cast<ONNXTensorElementDataType>(dtype), &value));
    return OrtValuePointer(value);
}

OrtValuePointer Session::string_value(const irkit_tensor& input, size_t elements) const {
    OrtValuePointer result = new_tensor(IRKIT_STRING, input.dims, static_cast<size_t>(input.rank));
    ort_.check(
        ort_.api().FillStringTensor(result.get(), static_cast<const char* const*>(input.data), elements));
    return result;
}

/// A value around the caller's buffer when the output's size is known and fits; else none, and onnxruntime
/// makes one.
OrtValuePointer Session::output_value(size_t index, const std::vector<int64_t>& symbols,
                                      irkit_tensor& output) const {
    if (!output.data || !model_->signature.output_shape(index, symbols, output)) return nullptr;
    const auto elements = element_count(output.dims, static_cast<uint64_t>(output.rank));
    const auto size = elements ? packed_size(output.dtype, *elements) : std::nullopt;
    if (!size) return nullptr;
    if (*size > output.size) {
        fail(IRKIT_INVALID_ARGUMENT, "output ", quoted(output_names_[index]), " needs ", *size,
             " bytes, the buffer has ", output.size);
    }
    output.size = *size;
    return tensor_around(output);
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
    void* data = nullptr;
    if (output.data) {  // of the caller's; when the result is in it already, output_value has described it
        ort_.check(ort_.api().GetTensorMutableData(value.get(), &data));
        if (output.data == data) return;
    }
    describe(value.get(), output);
    if (output.dtype == IRKIT_STRING) return take_strings(value.get(), output, result);
    ort_.check(ort_.api().GetTensorMutableData(value.get(), &data));
    const auto elements = element_count(output.dims, static_cast<uint64_t>(output.rank));
    const uint64_t size = packed_size(output.dtype, *elements).value();
    if (output.data) {
        if (size > output.size)
            fail(IRKIT_INVALID_ARGUMENT, "an output needs ", size, " bytes, the buffer has ", output.size);
        std::memcpy(output.data, data, size);
    } else {
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
