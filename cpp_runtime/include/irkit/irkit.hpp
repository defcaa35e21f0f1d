// irkit's C++ runtime, C++17 interface: a thin layer over irkit.h, which says what everything means.
//
//     irkit::Model model("digits.irk");
//     irkit::Session session(model);
//     irkit::Outputs outputs = session.run({irkit::tensor(pixels.data(), {1, 64})});
//     for (float p : outputs[0].values<float>()) std::cout << p << '\n';
//
// Errors are exceptions of the class irkit::Error. Objects own what they hold, can be moved, and free it at
// their end.
#pragma once

#include <irkit/irkit.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace irkit {

class Error : public std::runtime_error {
  public:
    explicit Error(const irkit_error* error)
        : std::runtime_error(irkit_error_message(error)),
          code_(irkit_error_code(error)),
          layer_(irkit_error_layer(error)),
          source_(irkit_error_source(error)) {}

    irkit_code code() const { return code_; }
    const char* kind() const { return irkit_code_name(code_); }  // "ShapeError"
    const std::string& layer() const { return layer_; }          // "block/dense"; empty when unknown
    const std::string& source() const { return source_; }        // "model.py:12"; empty when unknown

  private:
    irkit_code code_;
    std::string layer_, source_;
};

/// Throws an error of the C interface, and frees it. NULL is success.
inline void check(irkit_error* error) {
    if (!error) return;
    const std::unique_ptr<irkit_error, void (*)(irkit_error*)> owned(error, irkit_error_free);
    throw Error(error);
}

template <class T>
constexpr irkit_dtype dtype_of();
template <>
constexpr irkit_dtype dtype_of<float>() {
    return IRKIT_FLOAT32;
}
template <>
constexpr irkit_dtype dtype_of<double>() {
    return IRKIT_FLOAT64;
}
template <>
constexpr irkit_dtype dtype_of<bool>() {
    return IRKIT_BOOL;
}
template <>
constexpr irkit_dtype dtype_of<int8_t>() {
    return IRKIT_INT8;
}
template <>
constexpr irkit_dtype dtype_of<int16_t>() {
    return IRKIT_INT16;
}
template <>
constexpr irkit_dtype dtype_of<int32_t>() {
    return IRKIT_INT32;
}
template <>
constexpr irkit_dtype dtype_of<int64_t>() {
    return IRKIT_INT64;
}
template <>
constexpr irkit_dtype dtype_of<uint8_t>() {
    return IRKIT_UINT8;
}
template <>
constexpr irkit_dtype dtype_of<uint16_t>() {
    return IRKIT_UINT16;
}
template <>
constexpr irkit_dtype dtype_of<uint32_t>() {
    return IRKIT_UINT32;
}
template <>
constexpr irkit_dtype dtype_of<uint64_t>() {
    return IRKIT_UINT64;
}
template <>
constexpr irkit_dtype dtype_of<const char*>() {
    return IRKIT_STRING;
}

/// Elements that somebody else owns.
template <class T>
class Span {
  public:
    Span(const T* data, size_t size) : data_(data), size_(size) {}
    const T* data() const { return data_; }
    size_t size() const { return size_; }
    const T* begin() const { return data_; }
    const T* end() const { return data_ + size_; }
    const T& operator[](size_t index) const { return data_[index]; }

  private:
    const T* data_;
    size_t size_;
};

/// A tensor around `data`, which must outlive it. Throws std::invalid_argument for too many dims or a
/// negative one.
template <class T, class Dims = std::initializer_list<int64_t>>
irkit_tensor tensor(const T* data, const Dims& dims) {
    irkit_tensor result{};
    result.dtype = dtype_of<T>();
    result.data = const_cast<void*>(static_cast<const void*>(data));  // inputs are only read
    result.size = sizeof(T);
    for (const int64_t dim : dims) {
        if (result.rank == IRKIT_MAX_RANK || dim < 0)
            throw std::invalid_argument("irkit::tensor: impossible dims");
        result.dims[result.rank++] = dim;
        result.size *= static_cast<size_t>(dim);
    }
    return result;
}

/// An input for Session::run_values: around one tensor, around the tensors of a sequence (which must outlive
/// it), or nothing for a port that is optional.
inline irkit_value value(const irkit_tensor& tensor) {
    return {IRKIT_KIND_TENSOR, &tensor, 1};
}
inline irkit_value sequence(const std::vector<irkit_tensor>& tensors) {
    return {IRKIT_KIND_SEQUENCE, tensors.data(), tensors.size()};
}
inline irkit_value nothing() {
    return {IRKIT_KIND_OPTIONAL, nullptr, 0};
}

/// A verified model file.
class Model {
  public:
    explicit Model(const std::string& path, const irkit_model_options& options = IRKIT_MODEL_OPTIONS_INIT) {
        irkit_model* model = nullptr;
        check(irkit_model_open(path.c_str(), &options, &model));
        handle_.reset(model);
    }
    /// Of a copy of the bytes.
    Model(const void* data, size_t size, const irkit_model_options& options = IRKIT_MODEL_OPTIONS_INIT) {
        irkit_model* model = nullptr;
        check(irkit_model_from_copy(data, size, &options, &model));
        handle_.reset(model);
    }

    /// Of the file that `fd` has open.
    static Model from_fd(int fd, const irkit_model_options& options = IRKIT_MODEL_OPTIONS_INIT) {
        irkit_model* model = nullptr;
        check(irkit_model_open_fd(fd, &options, &model));
        return Model(model);
    }
    /// Of bytes that start at a multiple of 64 and outlive the model and its sessions.
    static Model from_memory(const void* data, size_t size,
                             const irkit_model_options& options = IRKIT_MODEL_OPTIONS_INIT) {
        irkit_model* model = nullptr;
        check(irkit_model_from_memory(data, size, &options, &model));
        return Model(model);
    }

    /// Strings in it live as long as the model.
    irkit_model_info info() const {
        irkit_model_info result{};
        result.struct_size = sizeof result;
        check(irkit_model_get_info(handle(), &result));
        return result;
    }
    irkit_port input(size_t index) const { return port(irkit_model_get_input, index); }
    irkit_port output(size_t index) const { return port(irkit_model_get_output, index); }
    irkit_port state(size_t index) const { return port(irkit_model_get_state, index); }

    /// What the outputs will be: see irkit_model_infer_outputs.
    std::vector<irkit_tensor> infer_outputs(const std::vector<irkit_tensor>& inputs) const {
        std::vector<irkit_tensor> outputs(info().outputs);
        check(irkit_model_infer_outputs(handle(), inputs.data(), inputs.size(), outputs.data(),
                                        outputs.size()));
        return outputs;
    }

    const irkit_model* handle() const { return handle_.get(); }  // NULL after a move

  private:
    explicit Model(irkit_model* model) : handle_(model) {}

    using GetPort = irkit_error* (*)(const irkit_model*, size_t, irkit_port*);
    irkit_port port(GetPort get, size_t index) const {
        irkit_port result{};
        result.struct_size = sizeof result;
        check(get(handle(), index, &result));
        return result;
    }
    struct Free {
        void operator()(irkit_model* model) const { irkit_model_free(model); }
    };
    std::unique_ptr<irkit_model, Free> handle_;
};

/// One output. Its elements live as long as the Outputs it came from.
class Output {
  public:
    explicit Output(const irkit_tensor& tensor) : tensor_(tensor) {}

    irkit_dtype dtype() const { return tensor_.dtype; }
    std::vector<int64_t> dims() const { return {tensor_.dims, tensor_.dims + tensor_.rank}; }
    const irkit_tensor& raw() const { return tensor_; }

    /// Throws std::invalid_argument when T is not what the output holds.
    template <class T>
    Span<T> values() const {
        if (dtype_of<T>() != tensor_.dtype) {
            throw std::invalid_argument(std::string("the output holds ") + irkit_dtype_name(tensor_.dtype));
        }
        return Span<T>(static_cast<const T*>(tensor_.data), tensor_.size / sizeof(T));
    }

  private:
    irkit_tensor tensor_;
};

/// One output that is a tensor or a sequence of them. Its elements live as long as the Values it came from.
class Value {
  public:
    explicit Value(const irkit_value& value)
        : value_(value), tensors_(value.tensors, value.tensors + value.count) {}

    bool is_sequence() const { return value_.kind == IRKIT_KIND_SEQUENCE; }
    bool is_nothing() const { return value_.kind == IRKIT_KIND_OPTIONAL; }
    const irkit_value& raw() const { return value_; }  // may be an input of another call

    size_t size() const { return tensors_.size(); }  // 1 for a tensor, 0 for nothing
    const Output& operator[](size_t index) const { return tensors_.at(index); }
    std::vector<Output>::const_iterator begin() const { return tensors_.begin(); }
    std::vector<Output>::const_iterator end() const { return tensors_.end(); }

  private:
    irkit_value value_;
    std::vector<Output> tensors_;
};

/// What a run gave, in the order of the signature.
template <class Item>
class Given {
  public:
    size_t size() const { return items_.size(); }
    const Item& operator[](size_t index) const { return items_.at(index); }
    typename std::vector<Item>::const_iterator begin() const { return items_.begin(); }
    typename std::vector<Item>::const_iterator end() const { return items_.end(); }

  private:
    friend class Session;
    struct Free {
        void operator()(irkit_result* result) const { irkit_result_free(result); }
    };
    std::vector<Item> items_;
    std::unique_ptr<irkit_result, Free> result_;
};
using Outputs = Given<Output>;
using Values = Given<Value>;

/// Stops calls from another thread: see irkit_cancel.
class Canceller {
  public:
    Canceller() {
        irkit_canceller* canceller = nullptr;
        check(irkit_canceller_create(&canceller));
        handle_.reset(canceller);
    }
    void cancel() { check(irkit_cancel(handle())); }
    void reset() { check(irkit_canceller_reset(handle())); }
    irkit_canceller* handle() const { return handle_.get(); }

  private:
    struct Free {
        void operator()(irkit_canceller* canceller) const { irkit_canceller_free(canceller); }
    };
    std::unique_ptr<irkit_canceller, Free> handle_;
};

/// How a call may be stopped; nothing says: not at all.
struct RunLimits {
    RunLimits() = default;
    explicit RunLimits(Canceller& canceller) : canceller(canceller.handle()) {}
    explicit RunLimits(std::chrono::microseconds timeout) : timeout(timeout) {}
    RunLimits(Canceller& canceller, std::chrono::microseconds timeout)
        : canceller(canceller.handle()), timeout(timeout) {}

    irkit_run_options options() const {
        irkit_run_options result = IRKIT_RUN_OPTIONS_INIT;
        result.canceller = canceller;
        result.timeout_microseconds = timeout.count() > 0 ? static_cast<uint64_t>(timeout.count()) : 0;
        return result;
    }

    irkit_canceller* canceller = nullptr;
    std::chrono::microseconds timeout{0};
};

/// What a node of a profiled session took: see irkit_node_time.
struct NodeTime {
    std::string op, layer, source;
    uint64_t calls = 0;
    std::chrono::microseconds time{0};
};

/// A model ready to run; may be used by many threads at once.
class Session {
  public:
    explicit Session(const Model& model, const irkit_session_options& options = IRKIT_SESSION_OPTIONS_INIT) {
        irkit_session* session = nullptr;
        check(irkit_session_create(model.handle(), &options, &session));
        handle_.reset(session);
        output_count_ = model.info().outputs;
    }

    Outputs run(const std::vector<irkit_tensor>& inputs, const RunLimits& limits = {}) const {
        std::vector<irkit_tensor> outputs(output_count_);
        const irkit_run_options options = limits.options();
        irkit_result* result = nullptr;
        check(irkit_run(handle(), inputs.data(), inputs.size(), outputs.data(), outputs.size(), &options,
                        &result));
        Outputs returned;
        returned.result_.reset(result);
        for (const irkit_tensor& output : outputs) returned.items_.emplace_back(output);
        return returned;
    }

    /// For models whose inputs and outputs may be sequences of tensors.
    Values run_values(const std::vector<irkit_value>& inputs, const RunLimits& limits = {}) const {
        std::vector<irkit_value> outputs(output_count_);
        const irkit_run_options options = limits.options();
        irkit_result* result = nullptr;
        check(irkit_run_values(handle(), inputs.data(), inputs.size(), outputs.data(), outputs.size(),
                               &options, &result));
        Values returned;
        returned.result_.reset(result);
        for (const irkit_value& output : outputs) returned.items_.emplace_back(output);
        return returned;
    }

    /// Into buffers of the caller's: see irkit_run.
    void run_into(const std::vector<irkit_tensor>& inputs, std::vector<irkit_tensor>& outputs,
                  const RunLimits& limits = {}) const {
        const irkit_run_options options = limits.options();
        check(irkit_run(handle(), inputs.data(), inputs.size(), outputs.data(), outputs.size(), &options,
                        nullptr));
    }

    /// A copy of the state called `name`.
    Outputs state(const char* name) const {
        irkit_tensor value{};
        irkit_result* result = nullptr;
        check(irkit_session_get_state(handle(), name, &value, &result));
        Outputs returned;
        returned.result_.reset(result);
        returned.items_.emplace_back(value);
        return returned;
    }
    void set_state(const char* name, const irkit_tensor& value) {
        check(irkit_session_set_state(handle(), name, &value));
    }
    void reset_states() { check(irkit_session_reset_states(handle())); }

    /// Of a session made with options.profile; the slowest node first.
    std::vector<NodeTime> end_profile() {
        irkit_profile* profile = nullptr;
        check(irkit_session_end_profile(handle(), &profile));
        const std::unique_ptr<irkit_profile, void (*)(irkit_profile*)> owned(profile, irkit_profile_free);
        std::vector<NodeTime> result(irkit_profile_count(profile));
        for (size_t k = 0; k < result.size(); ++k) {
            irkit_node_time time{};
            time.struct_size = sizeof time;
            check(irkit_profile_get(profile, k, &time));
            result[k] = {time.op, time.layer, time.source, time.calls,
                         std::chrono::microseconds(time.microseconds)};
        }
        return result;
    }

    /// The number of samples that passed.
    size_t self_test() const {
        size_t samples = 0;
        check(irkit_self_test(handle(), &samples));
        return samples;
    }

    irkit_session* handle() const { return handle_.get(); }  // NULL after a move

  private:
    struct Free {
        void operator()(irkit_session* session) const { irkit_session_free(session); }
    };
    std::unique_ptr<irkit_session, Free> handle_;
    size_t output_count_ = 0;
};

}  // namespace irkit
