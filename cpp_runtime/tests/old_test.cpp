// An onnxruntime that is too old is refused with both versions, and the next one is tried afresh.
#include <cstdio>

#include "builder.h"

namespace {

std::string refusal(const irkit::Model& model, const char* library) {
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.library = library;
    try {
        const irkit::Session session(model, options);
        return "a session was made";
    } catch (const irkit::Error& error) {
        return std::string(error.kind()) + ": " + error.what();
    }
}

int check(const std::string& found, const std::string& expected) {
    if (found.find(expected) != std::string::npos) return 0;
    std::fprintf(stderr, "expected \"%s\" in \"%s\"\n", expected.c_str(), found.c_str());
    return 1;
}

}  // namespace

int main(int, char** argv) {
    const std::string bytes = gemm_relu().bytes();
    const irkit::Model model(bytes.data(), bytes.size());
    return check(refusal(model, argv[1]), "UnsupportedError: ") |
           check(refusal(model, argv[1]), "is onnxruntime 1.16.3; 1.23 or newer is needed") |
           check(refusal(model, argv[0]), "UnsupportedError: ") |
           check(refusal(model, argv[2]), "a session was made") | check(irkit_onnxruntime_version(), "1.");
}
