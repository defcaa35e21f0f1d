// A model ready to run.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "model.h"
#include "onnxruntime.h"
#include "profile.h"
#include "stopping.h"

namespace irkit::inside {

/// Buffers of outputs that the runtime allocated.
struct Result {
    std::vector<OrtValuePointer> values;
    std::vector<std::unique_ptr<char[]>> texts;  // the characters of string outputs, each ended by NUL
    std::vector<std::unique_ptr<const char*[]>> pointers;  // to them
    std::vector<std::vector<irkit_tensor>> tensors;        // of the outputs of irkit_run_values
};

using OrtValues = std::vector<OrtValuePointer>;

/// What is kept from call to call, in the order of Program.states. Calls hold the mutex.
struct States {
    std::mutex mutex;
    OrtValues values;
};

/// How a call may be stopped.
struct Limits {
    Canceller* canceller = nullptr;
    uint64_t microseconds = 0;  // 0: as long as it takes

    bool any() const { return canceller || microseconds > 0; }
};

/// Used by many threads at once: nothing but the states changes after construction.
class Session {
  public:
    /// UnsupportedError, RuntimeError, Timeout.
    Session(std::shared_ptr<const Model> model, const irkit_session_options& options);
    Session(const Session&) = delete;  // onnxruntime holds its address
    Session& operator=(const Session&) = delete;

    const Model& model() const { return *model_; }

    /// As irkit_run says; on the session's own states.
    void run(const irkit_tensor* inputs, irkit_tensor* outputs, const Limits& limits, Result& result) {
        run_with(states_, inputs, outputs, limits, result);
    }
    void run_with(States& states, const irkit_tensor* inputs, irkit_tensor* outputs, const Limits& limits,
                  Result& result) const;

    /// As irkit_run_values says.
    void run_values(const irkit_value* inputs, irkit_value* outputs, const Limits& limits, Result& result);

    /// States as they are in the file.
    void reset(States& states) const;
    void reset_states() { reset(states_); }
    void get_state(size_t index, irkit_tensor& value, Result& result);
    void set_state(size_t index, const irkit_tensor& value);

    /// As irkit_session_end_profile says.
    Profile end_profile();

  private:
    /// A small session that puts out an empty sequence.
    struct Maker {
        fbs::DType dtype;
        OrtSessionPointer session;
    };
    /// What onnxruntime is fed: the names of all inputs that are there, states last, and values for these,
    /// the outputs and the new states.
    struct Feed {
        const char* const* names;
        size_t count;
        std::vector<OrtValue*> values;
    };

    OrtOptionsPointer make_options(const irkit_session_options& options) const;
    void share_weights(OrtSessionOptions* options) const;
    void append_provider(OrtSessionOptions* options, const char* name) const;
    void create(OrtSessionOptions* options, uint64_t microseconds);
    void refuse_other_than_tensors() const;
    void call(const irkit_value* inputs, OrtValues& outputs, States& states, const Limits& limits) const;
    void call_once(Feed& feed, const OrtRunOptions* options, OrtValues& outputs, States& states) const;

    OrtValuePointer input_value(size_t index, const irkit_value& input) const;
    OrtValuePointer input_tensor(size_t index, size_t element, const irkit_tensor& input) const;
    OrtValuePointer tensor_around(const irkit_tensor& tensor) const;
    OrtValuePointer new_tensor(irkit_dtype dtype, const int64_t* dims, size_t rank) const;
    OrtValuePointer string_value(const irkit_tensor& input, size_t elements) const;
    OrtValuePointer sequence_value(size_t index, const irkit_value& input) const;
    OrtValuePointer initial_state(const fbs::State& state) const;
    void fill_strings(OrtValue* value, Bytes stored) const;
    void prepare_empty_sequences();
    OrtSession* empty_sequence_maker(fbs::DType dtype) const;
    OrtValuePointer empty_sequence(size_t index) const;

    OrtValuePointer output_value(size_t index, const std::vector<int64_t>& symbols,
                                 irkit_tensor& output) const;
    void describe(OrtValue* value, irkit_tensor& output) const;
    void take_output(OrtValuePointer value, irkit_tensor& output, Result& result) const;
    void take_strings(OrtValue* value, irkit_tensor& output, Result& result) const;
    irkit_value take_value(size_t index, OrtValuePointer value, Result& result) const;
    std::vector<irkit_tensor> take_sequence(OrtValuePointer value, Result& result) const;

    std::shared_ptr<const Model>
        model_;  // onnxruntime reads the weights in its memory: it must outlive session_
    const Onnxruntime& ort_;
    std::vector<const char*> input_names_;  // also those of states
    std::vector<const char*> output_names_;
    irkit_log_function log_;
    void* log_user_;
    bool only_tensors_;
    std::unique_ptr<ProfileFolder> profile_folder_;  // until the profile is ended; outlives session_
    std::mutex profile_mutex_;
    OrtSessionPointer session_;
    std::vector<Maker> empty_sequence_makers_;
    States states_;

    static void ORT_API_CALL forward_log(void* session, OrtLoggingLevel level, const char* category,
                                         const char* id, const char* location, const char* message);
};

/// Run every sample of the model, each from the file's states, and compare. The error names sample, output,
/// expected and found.
void self_test(const Session& session);

}  // namespace irkit::inside
