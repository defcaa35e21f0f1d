// Sequences of tensors, in and out of a session; and what an optional puts out.
#include <climits>

#include "proto_writer.h"
#include "session.h"

namespace irkit::inside {
namespace {

constexpr uint64_t kSmallModelLimit = 1024;

/// An onnx.ModelProto without inputs, of one output "y": SequenceEmpty of `dtype`.
ProtoWriter empty_sequence_model(int64_t dtype) {
    ProtoWriter out(kSmallModelLimit);
    out.message(8, [&] {  // opset_import
        out.integer(2, 21);
        out.bytes(1, "");
    });
    out.message(7, [&] {       // graph
        out.message(12, [&] {  // output: sequence(tensor(dtype))
            out.message(2, [&] {
                out.message(4,
                            [&] { out.message(1, [&] { out.message(1, [&] { out.integer(1, dtype); }); }); });
            });
            out.bytes(1, "y");
        });
        out.bytes(2, "empty");
        out.message(1, [&] {  // node
            out.message(5, [&] {
                out.integer(20, 2);  // type: INT
                out.integer(3, dtype);
                out.bytes(1, "dtype");
            });
            out.bytes(4, "SequenceEmpty");
            out.bytes(2, "y");
        });
    });
    out.integer(1, 10);  // ir_version
    return out;
}

bool holds_sequence(const fbs::Type& type) {
    return type.kind() == fbs::TypeKind::sequence || type.element_kind() == fbs::TypeKind::sequence;
}

}  // namespace

OrtValuePointer Session::input_value(size_t index, const irkit_value& input) const {
    return input.kind == IRKIT_KIND_TENSOR ? input_tensor(index, 0, *input.tensors)
                                           : sequence_value(index, input);
}

OrtValuePointer Session::sequence_value(size_t index, const irkit_value& input) const {
    if (input.count == 0) return empty_sequence(index);
    OrtValues owned;
    std::vector<const OrtValue*> raw;
    for (size_t k = 0; k < input.count; ++k)
        raw.push_back(owned.emplace_back(input_tensor(index, k, input.tensors[k])).get());
    OrtValue* value = nullptr;
    ort_.check(ort_.api().CreateValue(raw.data(), raw.size(), ONNX_TYPE_SEQUENCE, &value));
    return OrtValuePointer(value);
}

/// A small session for each dtype of a sequence among the inputs: onnxruntime's C interface makes no sequence
/// of nothing, whose dtype it could not tell; its operator does.
void Session::prepare_empty_sequences() {
    OrtSessionOptions* options = nullptr;
    ort_.check(ort_.api().CreateSessionOptions(&options));
    const OrtOptionsPointer owned(options);
    ort_.check(ort_.api().SetIntraOpNumThreads(options, 1));  // no threads of its own
    for (uint32_t k = 0; k < model_->inputs; ++k) {
        const fbs::Type& type = *model_->program->inputs()->Get(k)->type();
        if (!holds_sequence(type) || empty_sequence_maker(type.dtype())) continue;
        const ProtoWriter model = empty_sequence_model(static_cast<int64_t>(type.dtype()));
        OrtSession* made = nullptr;
        ort_.check(ort_.api().CreateSessionFromArray(ort_.environment(), model.written().data(),
                                                     model.written().size(), options, &made));
        empty_sequence_makers_.push_back({type.dtype(), OrtSessionPointer(made)});
    }
}

OrtSession* Session::empty_sequence_maker(fbs::DType dtype) const {
    for (const Maker& maker : empty_sequence_makers_) {
        if (maker.dtype == dtype) return maker.session.get();
    }
    return nullptr;
}

OrtValuePointer Session::empty_sequence(size_t index) const {
    const fbs::Type& type = *model_->program->inputs()->Get(static_cast<uint32_t>(index))->type();
    const char* name = "y";
    OrtValue* value = nullptr;
    ort_.check(
        ort_.api().Run(empty_sequence_maker(type.dtype()), nullptr, nullptr, nullptr, 0, &name, 1, &value));
    return OrtValuePointer(value);
}

irkit_value Session::take_value(size_t index, OrtValuePointer value, Result& result) const {
    const fbs::Type& type = *model_->program->outputs()->Get(static_cast<uint32_t>(index))->type();
    int has_value = 1;
    if (type.kind() == fbs::TypeKind::optional) ort_.check(ort_.api().HasValue(value.get(), &has_value));
    if (!has_value) return {IRKIT_KIND_OPTIONAL, nullptr, 0};
    std::vector<irkit_tensor> tensors;
    if (holds_sequence(type)) {
        tensors = take_sequence(std::move(value), result);
    } else {
        take_output(std::move(value), tensors.emplace_back(), result);
    }
    const auto& kept = result.tensors.emplace_back(std::move(tensors));
    return {holds_sequence(type) ? IRKIT_KIND_SEQUENCE : IRKIT_KIND_TENSOR, kept.data(), kept.size()};
}

std::vector<irkit_tensor> Session::take_sequence(OrtValuePointer value, Result& result) const {
    size_t count = 0;
    ort_.check(ort_.api().GetValueCount(value.get(), &count));
    if (count > INT_MAX) fail(IRKIT_LIMIT_ERROR, "an output of ", count, " tensors");
    OrtAllocator* allocator = nullptr;
    ort_.check(ort_.api().GetAllocatorWithDefaultOptions(&allocator));
    std::vector<irkit_tensor> tensors(count);
    for (size_t k = 0; k < count; ++k) {
        OrtValue* element = nullptr;  // a copy: the sequence may hold the caller's own inputs
        ort_.check(ort_.api().GetValue(value.get(), static_cast<int>(k), allocator, &element));
        take_output(OrtValuePointer(element), tensors[k], result);
    }
    return tensors;
}

}  // namespace irkit::inside
