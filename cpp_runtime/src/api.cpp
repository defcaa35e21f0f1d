// The C interface: errors, version, names. irkit.h says what these functions do.
#include "api.h"

#include <new>

using namespace irkit::inside;  // this file is part of the library's outermost layer

namespace {

irkit_error* out_of_memory() {
    static irkit_error error{IRKIT_OUT_OF_MEMORY, "out of memory", "",
                             ""};  // made at load: nothing is left then
    return &error;
}
[[maybe_unused]] irkit_error* const prepared = out_of_memory();

/// How the library was made. Made at load, so that asking cannot fail.
const std::string build_info =
    text("irkit " IRKIT_VERSION_TEXT ", format ", kFormatVersion, ", onnxruntime 1.", kOldestOnnxruntime,
         " or newer (headers of 1.", ORT_API_VERSION, "), " IRKIT_COMPILER ", " IRKIT_BUILD_TYPE);

}  // namespace

namespace irkit::inside {

irkit_error* error_of_exception() noexcept {
    try {
        try {
            throw;
        } catch (Error& error) {
            return new irkit_error{error.code, std::move(error.message), std::move(error.layer),
                                   std::move(error.source)};
        } catch (const std::bad_alloc&) {
            return out_of_memory();
        } catch (const std::exception& error) {
            return new irkit_error{IRKIT_RUNTIME_ERROR, error.what(), "", ""};
        } catch (...) {
            return new irkit_error{IRKIT_RUNTIME_ERROR, "unknown error", "", ""};
        }
    } catch (...) {  // not even the error could be made
        return out_of_memory();
    }
}

void require(bool holds, const char* what) {
    if (!holds) fail(IRKIT_INVALID_ARGUMENT, what);
}

void read_options_bytes(const void* given, size_t given_size, void* result, size_t size) {
    require(given_size >= sizeof given_size, "struct_size of an options struct is not set");
    const auto* bytes = static_cast<const char*>(given);
    for (size_t k = size; k < given_size; ++k) {
        if (bytes[k] != 0)
            fail(IRKIT_UNSUPPORTED_ERROR, "an option is set that this version of irkit does not have");
    }
    std::memcpy(result, given, std::min(given_size, size));
    std::memcpy(result, &size, sizeof size);  // struct_size comes first
}

void write_buffer(std::string_view from, bool is_text, void* buffer, size_t capacity, size_t* size) {
    require(size != nullptr, "size is NULL");
    *size = from.size();
    const size_t needed = from.size() + (is_text ? 1 : 0);
    if (!buffer || capacity < needed) return;
    std::memcpy(buffer, from.data(), from.size());
    if (is_text) static_cast<char*>(buffer)[from.size()] = 0;
}

}  // namespace irkit::inside

uint32_t irkit_version(void) {
    return IRKIT_VERSION_NUMBER(IRKIT_MAJOR, IRKIT_MINOR, IRKIT_PATCH);
}
const char* irkit_version_string(void) {
    return IRKIT_VERSION_TEXT;
}
uint32_t irkit_format_version(void) {
    return kFormatVersion;
}

const char* irkit_build_info(void) {
    return build_info.c_str();
}

irkit_code irkit_error_code(const irkit_error* error) {
    return error ? error->code : IRKIT_OK;
}
const char* irkit_error_message(const irkit_error* error) {
    return error ? error->message.c_str() : "";
}
const char* irkit_error_layer(const irkit_error* error) {
    return error ? error->layer.c_str() : "";
}
const char* irkit_error_source(const irkit_error* error) {
    return error ? error->source.c_str() : "";
}
void irkit_error_free(irkit_error* error) {
    if (error != out_of_memory()) delete error;
}

const char* irkit_code_name(irkit_code code) {
    constexpr const char* kNames[] = {
        "OK",           "ShapeError",      "GraphError",      "FormatError",
        "LimitError",   "AssumptionError", "AssertionFailed", "UnsupportedError",
        "RuntimeError", "IoError",         "InvalidArgument", "Cancelled",
        "OutOfMemory"};
    const auto number = static_cast<size_t>(code);
    return number < sizeof kNames / sizeof kNames[0] ? kNames[number] : "unknown";
}
