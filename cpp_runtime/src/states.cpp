// What a session keeps from call to call.
#include <algorithm>

#include "dtype.h"
#include "session.h"

namespace irkit::inside {

void Session::reset(States& states) const {
    OrtValues values;
    values.reserve(model_->states);
    for (const fbs::State* state : each(model_->program->states())) values.push_back(initial_state(*state));
    const std::lock_guard<std::mutex> lock(states.mutex);
    states.values.swap(values);
}

/// The tensor of the file where it stands, or zeros.
OrtValuePointer Session::initial_state(const fbs::State& state) const {
    const fbs::Program& program = *model_->program;
    irkit_tensor tensor =
        model_->signature.fixed_tensor(*program.inputs()->Get(static_cast<uint32_t>(state.input())));
    const auto rank = static_cast<size_t>(tensor.rank);
    if (tensor.dtype == IRKIT_STRING || state.initial() < 0) {
        OrtValuePointer value = new_tensor(tensor.dtype, tensor.dims, rank);
        if (state.initial() >= 0) fill_strings(value.get(), model_->tensor_data(state.initial()));
        if (tensor.dtype != IRKIT_STRING) {
            void* data = nullptr;
            ort_.check(ort_.api().GetTensorMutableData(value.get(), &data));
            if (tensor.size > 0) std::memset(data, 0, tensor.size);
        }
        return value;
    }
    const Bytes data = model_->tensor_data(state.initial());
    tensor.data = const_cast<uint8_t*>(data.data());  // onnxruntime only reads what it is fed
    return tensor_around(tensor);
}

/// Stored strings are a length and that many bytes each: they may hold NUL.
void Session::fill_strings(OrtValue* value, Bytes stored) const {
    size_t index = 0;
    for (uint64_t at = 0; at < stored.size(); ++index) {
        const auto length = stored.read<uint32_t>(at);
        const Bytes element = stored.slice(at + 4, length);
        char* buffer = nullptr;
        ort_.check(ort_.api().GetResizedStringTensorElementBuffer(value, index, length, &buffer));
        std::copy(element.data(), element.data() + length, buffer);
        at += 4 + uint64_t{length};
    }
}

void Session::get_state(size_t index, irkit_tensor& value, Result& result) {
    value.data = nullptr;
    irkit_tensor held{};
    const std::lock_guard<std::mutex> lock(states_.mutex);
    OrtValue* state = states_.values[index].get();
    describe(state, held);
    value = held;
    if (held.dtype == IRKIT_STRING) return take_strings(state, value, result);
    void* data = nullptr;
    ort_.check(ort_.api().GetTensorMutableData(state, &data));
    const auto rank = static_cast<size_t>(held.rank);
    value.size = packed_size(held.dtype, element_count(held.dims, rank).value()).value();
    OrtValuePointer copy = new_tensor(held.dtype, held.dims, rank);
    ort_.check(ort_.api().GetTensorMutableData(copy.get(), &value.data));
    if (value.size > 0) std::memcpy(value.data, data, value.size);
    result.values.push_back(std::move(copy));
}

void Session::set_state(size_t index, const irkit_tensor& value) {
    const auto number = static_cast<uint32_t>(model_->inputs + index);
    const fbs::Port& port = *model_->program->inputs()->Get(number);
    const irkit_tensor wanted = model_->signature.fixed_tensor(port);
    const bool fits = value.dtype == wanted.dtype && value.rank == wanted.rank &&
                      std::equal(wanted.dims, wanted.dims + wanted.rank, value.dims);
    if (!fits)
        fail(IRKIT_SHAPE_ERROR, "state ", quoted(view(port.name())), ": expected ",
             model_->input_types[number], ", found ", shape_text(value));
    OrtValuePointer kept = input_tensor(number, 0, value);
    if (value.dtype != IRKIT_STRING) {  // strings are copied already
        void* data = nullptr;
        kept = new_tensor(value.dtype, value.dims, static_cast<size_t>(value.rank));
        ort_.check(ort_.api().GetTensorMutableData(kept.get(), &data));
        if (value.size > 0) std::memcpy(data, value.data, value.size);
    }
    const std::lock_guard<std::mutex> lock(states_.mutex);
    states_.values[index] = std::move(kept);
}

}  // namespace irkit::inside
