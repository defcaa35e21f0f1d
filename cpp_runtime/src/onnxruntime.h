// onnxruntime's C interface, loaded at run time. Its library has one symbol, versioned per release: linking
// it would tie a program to one release, dlopen does not.
#pragma once

#define ORT_API_MANUAL_INIT
#include <onnxruntime_c_api.h>

#include <memory>
#include <string>

#include "error.h"

namespace irkit::inside {

/// Of version 1: the oldest library that runs opset 23, whatever the headers offer. Also its API's version.
constexpr uint32_t kOldestOnnxruntime = 23;

/// The library and its environment: one in a process, made at the first use and never ended (its threads may
/// outlive static destructors).
class Onnxruntime {
  public:
    /// library: a path, or NULL for the environment variable IRKIT_ONNXRUNTIME_LIBRARY and then the system's.
    /// UnsupportedError when there is none or it is too old; InvalidArgument when another one is loaded
    /// already.
    static const Onnxruntime& load(const char* library);
    /// The one that was loaded, or NULL.
    static const Onnxruntime* loaded();

    const OrtApi& api() const { return *api_; }
    const OrtEnv* environment() const { return environment_; }
    const OrtMemoryInfo* cpu_memory() const { return cpu_memory_; }
    const std::string& version() const { return version_; }
    /// Whether external weights can be used in the caller's memory, without a copy.
    bool shares_weights() const { return minor_ >= 31; }

    /// Throws what a status says (freeing it). NULL is success.
    void check(OrtStatus* status) const {
        if (status) throw_status(status);
    }

    /// For where nothing can be done about a failure.
    void ignore(OrtStatus* status) const noexcept {
        if (status) api_->ReleaseStatus(status);
    }

  private:
    explicit Onnxruntime(const char* library);
    [[noreturn]] void throw_status(OrtStatus* status) const;

    std::string path_;
    std::string version_;
    int minor_ = 0;
    const OrtApi* api_ = nullptr;
    OrtEnv* environment_ = nullptr;
    OrtMemoryInfo* cpu_memory_ = nullptr;
};

/// Frees an object of onnxruntime by the function of OrtApi that `release` names.
template <class T, auto release>
struct OrtRelease {
    void operator()(T* object) const { (Onnxruntime::loaded()->api().*release)(object); }
};

using OrtSessionPointer = std::unique_ptr<OrtSession, OrtRelease<OrtSession, &OrtApi::ReleaseSession>>;
using OrtOptionsPointer =
    std::unique_ptr<OrtSessionOptions, OrtRelease<OrtSessionOptions, &OrtApi::ReleaseSessionOptions>>;
using OrtRunOptionsPointer =
    std::unique_ptr<OrtRunOptions, OrtRelease<OrtRunOptions, &OrtApi::ReleaseRunOptions>>;
using OrtValuePointer = std::unique_ptr<OrtValue, OrtRelease<OrtValue, &OrtApi::ReleaseValue>>;
using OrtShapePointer =
    std::unique_ptr<OrtTensorTypeAndShapeInfo,
                    OrtRelease<OrtTensorTypeAndShapeInfo, &OrtApi::ReleaseTensorTypeAndShapeInfo>>;

}  // namespace irkit::inside
