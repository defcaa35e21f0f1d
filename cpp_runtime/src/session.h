// A model ready to run.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model.h"
#include "onnxruntime.h"
#include "signature.h"

namespace irkit::inside {

/// Buffers of outputs that the runtime allocated.
struct Result {
    std::vector<OrtValuePointer> values;
    std::vector<std::unique_ptr<char[]>> texts;  // the characters of string outputs, each ended by NUL
    std::vector<std::unique_ptr<const char*[]>> pointers;  // to them
    std::vector<std::vector<irkit_tensor>> tensors;        // of the outputs of irkit_run_values
};

using OrtValues = std::vector<OrtValuePointer>;

/// Used by many threads at once: nothing changes after construction.
class Session {
  public:
    /// UnsupportedError, RuntimeError.
    Session(std::shared_ptr<const Model> model, const irkit_session_options& options);
    Session(const Session&) = delete;  // onnxruntime holds its address
    Session& operator=(const Session&) = delete;

    const Model& model() const { return *model_; }
    const Onnxruntime& onnxruntime() const { return ort_; }

    /// As irkit_run says. run_options may be NULL.
    void run(const irkit_tensor* inputs, irkit_tensor* outputs, const OrtRunOptions* run_options,
             Result& result) const;

    /// As irkit_run_values says. run_options may be NULL.
    void run_values(const irkit_value* inputs, irkit_value* outputs, const OrtRunOptions* run_options,
                    Result& result) const;

  private:
    OrtOptionsPointer make_options(const irkit_session_options& options) const;
    void share_weights(OrtSessionOptions* options) const;
    void refuse_ports(fbs::TypeKind from, irkit_code code, const char* why) const;
    void call(const irkit_value* inputs, OrtValues& outputs, const OrtRunOptions* run_options) const;
    OrtValuePointer input_value(size_t index, const irkit_value& input) const;
    OrtValuePointer input_tensor(size_t index, size_t element, const irkit_tensor& input) const;
    OrtValuePointer string_value(const irkit_tensor& input, size_t elements) const;
    OrtValuePointer sequence_value(size_t index, const irkit_value& input) const;
    void prepare_empty_sequences();
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
    Signature signature_;
    std::vector<const char*> input_names_;
    std::vector<const char*> output_names_;
    irkit_log_function log_;
    void* log_user_;
    OrtSessionPointer session_;
    // onnxruntime's C interface makes no sequence of nothing, whose dtype it could not tell; its operator
    // does.
    std::map<fbs::DType, OrtSessionPointer> empty_sequences_;

    static void ORT_API_CALL forward_log(void* session, OrtLoggingLevel level, const char* category,
                                         const char* id, const char* location, const char* message);
};

/// Run every sample of the model and compare. The error names sample, output, expected and found.
void self_test(const Session& session);

}  // namespace irkit::inside
