#include "onnxruntime.h"

#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <vector>

namespace irkit::inside {
namespace {

static_assert(ORT_API_VERSION >= kOldestOnnxruntime, "headers of onnxruntime 1.23 or newer are needed");

std::atomic<const Onnxruntime*> the_one{nullptr};
std::mutex loading;

struct Library {
    void* handle = nullptr;
    std::string path;
};

Library open_library(const char* explicit_path) {
    const char* from_environment = std::getenv("IRKIT_ONNXRUNTIME_LIBRARY");
    const char* path = explicit_path ? explicit_path : from_environment;
    const std::vector<std::string> names =
        path ? std::vector<std::string>{path}
             : std::vector<std::string>{"libonnxruntime.so.1", "libonnxruntime.so",
                                        IRKIT_FALLBACK_ONNXRUNTIME};
    std::string why;
    for (const std::string& name : names) {
        if (name.empty()) continue;  // dlopen would take it for the program itself
        if (void* handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) return {handle, name};
        why = ::dlerror();
    }
    fail(IRKIT_UNSUPPORTED_ERROR, "no onnxruntime: ", why,
         ". Give the path of libonnxruntime.so (1.23 or newer) in the options or in "
         "IRKIT_ONNXRUNTIME_LIBRARY; "
         "`pip install onnxruntime` brings one");
}

void ignore_logs(void*, OrtLoggingLevel, const char*, const char*, const char*, const char*) {}

}  // namespace

Onnxruntime::Onnxruntime(const char* library) {
    const Library opened = open_library(library);
    path_ = opened.path;
    using GetApiBase = const OrtApiBase* (*)();
    const auto get_api_base = reinterpret_cast<GetApiBase>(::dlsym(opened.handle, "OrtGetApiBase"));
    if (!get_api_base) fail(IRKIT_UNSUPPORTED_ERROR, path_, " is no onnxruntime: it has no OrtGetApiBase");
    version_ = get_api_base()->GetVersionString();
    api_ = get_api_base()->GetApi(kOldestOnnxruntime);
    if (!api_)
        fail(IRKIT_UNSUPPORTED_ERROR, path_, " is onnxruntime ", version_, "; 1.23 or newer is needed");
    const size_t dot = version_.find('.');
    minor_ = version_.compare(0, dot, "1") == 0 ? std::atoi(version_.c_str() + dot + 1) : 1'000'000;
    check(api_->CreateEnvWithCustomLogger(ignore_logs, nullptr, ORT_LOGGING_LEVEL_ERROR, "irkit",
                                          &environment_));
    check(api_->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &cpu_memory_));
}

const Onnxruntime& Onnxruntime::load(const char* library) {
    const std::lock_guard<std::mutex> lock(loading);
    if (!the_one) the_one = new Onnxruntime(library);  // leaked on purpose
    const Onnxruntime& result = *the_one;
    if (library && result.path_ != library) {
        fail(IRKIT_INVALID_ARGUMENT, "this process uses ", result.path_, " already; it cannot also load ",
             library);
    }
    return result;
}

const Onnxruntime* Onnxruntime::loaded() {
    return the_one;
}

void Onnxruntime::throw_status(OrtStatus* status) const {
    std::string message = api_->GetErrorMessage(status);
    api_->ReleaseStatus(status);
    for (char& c : message) {
        if (c == '\n' || c == '\r') c = ' ';
    }
    throw Error(IRKIT_RUNTIME_ERROR, message);
}

}  // namespace irkit::inside
