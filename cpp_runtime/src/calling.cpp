// One call of a session: values in, onnxruntime, values out.
#include "located.h"
#include "session.h"

namespace irkit::inside {
namespace {

/// A call with options of its own, by which another thread may end it.
class RunningCall : public Stoppable {
  public:
    explicit RunningCall(const Onnxruntime& ort) : ort_(ort) {
        OrtRunOptions* options = nullptr;
        ort.check(ort.api().CreateRunOptions(&options));
        options_.reset(options);
    }
    const OrtRunOptions* options() const { return options_.get(); }

  private:
    void interrupt() noexcept override { ort_.ignore(ort_.api().RunOptionsSetTerminate(options_.get())); }

    const Onnxruntime& ort_;
    OrtRunOptionsPointer options_;
};

}  // namespace

void Session::run_with(States& states, const irkit_tensor* inputs, irkit_tensor* outputs,
                       const Limits& limits, Result& result) const {
    if (!only_tensors_) refuse_other_than_tensors();
    std::vector<irkit_value> given(model_->inputs);
    for (size_t k = 0; k < given.size(); ++k) given[k] = {IRKIT_KIND_TENSOR, inputs + k, 1};
    const std::vector<int64_t> symbols = model_->signature.bind(given.data());
    OrtValues made;
    made.reserve(model_->outputs);
    for (size_t k = 0; k < model_->outputs; ++k) made.push_back(output_value(k, symbols, outputs[k]));
    call(given.data(), made, states, limits);
    for (size_t k = 0; k < made.size(); ++k) take_output(std::move(made[k]), outputs[k], result);
}

void Session::run_values(const irkit_value* inputs, irkit_value* outputs, const Limits& limits,
                         Result& result) {
    model_->signature.bind(inputs);
    OrtValues made(model_->outputs);
    call(inputs, made, states_, limits);
    for (size_t k = 0; k < made.size(); ++k) outputs[k] = take_value(k, std::move(made[k]), result);
}

void Session::refuse_other_than_tensors() const {
    for (const auto* ports : {model_->program->inputs(), model_->program->outputs()}) {
        for (const fbs::Port* port : each(ports)) {
            if (port->type()->kind() == fbs::TypeKind::tensor) continue;
            const bool is_sequence = port->type()->kind() == fbs::TypeKind::sequence;
            fail(IRKIT_INVALID_ARGUMENT, quoted(view(port->name())),
                 is_sequence ? " is a sequence" : " is an optional",
                 "; irkit_run passes tensors only, irkit_run_values all kinds");
        }
    }
}

/// What `outputs` lacks onnxruntime makes. Optional inputs that hold nothing are left out, as it wants.
void Session::call(const irkit_value* inputs, OrtValues& outputs, States& states,
                   const Limits& limits) const {
    OrtValues owned;
    owned.reserve(model_->inputs);
    std::vector<const char*> some_names;
    Feed feed{input_names_.data(), input_names_.size(), {}};
    feed.values.reserve(input_names_.size() + output_names_.size());
    for (size_t k = 0; k < model_->inputs; ++k) {
        if (inputs[k].kind == IRKIT_KIND_OPTIONAL) continue;
        feed.values.push_back(owned.emplace_back(input_value(k, inputs[k])).get());
        if (!only_tensors_) some_names.push_back(input_names_[k]);
    }
    if (!only_tensors_) {
        some_names.insert(some_names.end(), input_names_.end() - static_cast<std::ptrdiff_t>(model_->states),
                          input_names_.end());
        feed.names = some_names.data();
        feed.count = some_names.size();
    }
    if (!limits.any()) return call_once(feed, nullptr, outputs, states);
    RunningCall running(ort_);
    const Stops stops(running, limits.canceller, limits.microseconds);
    try {
        call_once(feed, running.options(), outputs, states);
    } catch (const Error&) {
        running.check();
        throw;
    }
}

/// The states change only when all went well. A session without any does not even touch the vector of them:
/// its calls share no lock.
void Session::call_once(Feed& feed, const OrtRunOptions* options, OrtValues& outputs, States& states) const {
    std::unique_lock<std::mutex> lock(states.mutex, std::defer_lock);
    const bool has_states = model_->states > 0;
    if (has_states) {
        lock.lock();
        for (const OrtValuePointer& state : states.values) feed.values.push_back(state.get());
    }
    for (const OrtValuePointer& output : outputs) feed.values.push_back(output.get());
    feed.values.resize(feed.count + output_names_.size());
    OrtValues next(model_->states);
    OrtValue** made = feed.values.data() + feed.count;
    OrtStatus* status = ort_.api().Run(session_.get(), options, feed.names, feed.values.data(), feed.count,
                                       output_names_.data(), output_names_.size(), made);
    // What onnxruntime has put out is ours even when it failed.
    for (size_t k = 0; k < outputs.size(); ++k) {
        if (!outputs[k]) outputs[k].reset(made[k]);
    }
    for (size_t k = 0; k < next.size(); ++k) next[k].reset(made[outputs.size() + k]);
    try {
        ort_.check(status);
    } catch (const Error& error) {
        throw failed_run(error, *model_->program);
    }
    if (has_states) states.values.swap(next);
}

}  // namespace irkit::inside
