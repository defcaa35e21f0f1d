// What a model costs in one process: irkit-bench MODEL.irk|MODEL.onnx [--no-prepacking] [--extended] [--runs
// N] [--hold]
//
// Prints one line of JSON: milliseconds to open and to the first result, microseconds of later calls,
// kilobytes of memory. A .onnx file goes to plain onnxruntime through its C interface, for comparison. With
// --hold it waits for the end of its input before it ends, so that a second process can be measured beside
// it. Inputs are zeros, open sizes 1.
#define ORT_API_MANUAL_INIT
#include <dlfcn.h>
#include <onnxruntime_c_api.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <irkit/irkit.hpp>

namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
    std::string model;
    bool prepacking = true, extended = false, hold = false;
    int runs = 50;
};

struct Figures {
    double create_ms = 0, first_ms = 0;
    std::vector<double> calls_us;
    long private_kb = 0;  // before there was a model
};

/// Milliseconds of work of this process: unlike the clock's they stay the same on a busy machine.
double cpu_ms() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

double since(Clock::time_point start) {
    return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

/// Lines of /proc/self/smaps_rollup that begin so, added up.
long memory_kb(const char* kind) {
    std::ifstream rollup("/proc/self/smaps_rollup");
    long sum = 0;
    for (std::string line; std::getline(rollup, line);) {
        if (line.compare(0, std::strlen(kind), kind) == 0)
            sum += std::atol(line.c_str() + line.find(':') + 1);
    }
    return sum;
}

/// Prints the figures, and waits if asked to, while the model is still there.
void report(Figures& figures, const Arguments& arguments) {
    const long private_kb = memory_kb("Private_Dirty") - figures.private_kb;
    std::sort(figures.calls_us.begin(), figures.calls_us.end());
    std::printf(
        "{\"create_ms\": %.3f, \"first_ms\": %.3f, \"min_us\": %.3f, \"median_us\": %.3f, \"private_kb\": "
        "%ld, "
        "\"shared_kb\": %ld}\n",
        figures.create_ms, figures.first_ms, figures.calls_us.front(),
        figures.calls_us[figures.calls_us.size() / 2], private_kb, memory_kb("Shared_"));
    std::fflush(stdout);
    if (arguments.hold) std::getchar();
}

/// Calls `run` once, then as often as asked.
template <class Run>
void measure_calls(Figures& figures, int runs, Run run) {
    const double before = cpu_ms();
    run();
    figures.first_ms = cpu_ms() - before;
    for (int k = 0; k < runs; ++k) {
        const auto start = Clock::now();
        run();
        figures.calls_us.push_back(since(start));
    }
}

size_t elements_of(std::vector<int64_t>& dims) {
    size_t count = 1;
    for (int64_t& dim : dims) count *= static_cast<size_t>(dim = dim < 0 ? 1 : dim);
    return count;
}

void with_irkit(const Arguments& arguments, Figures& figures) {
    const double start = cpu_ms();
    const irkit::Model model(arguments.model);
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.threads = 1;
    options.disable_prepacking = !arguments.prepacking;
    if (arguments.extended) options.optimization = IRKIT_OPTIMIZE_EXTENDED;
    const irkit::Session session(model, options);
    figures.create_ms = cpu_ms() - start;
    const irkit_port port = model.input(0);
    std::vector<int64_t> dims(port.dims, port.dims + port.rank);
    const std::vector<float> zeros(elements_of(dims));
    std::vector<irkit_tensor> outputs = model.infer_outputs({irkit::tensor(zeros.data(), dims)});
    std::vector<char> buffer(outputs[0].size);
    measure_calls(figures, arguments.runs, [&] {
        outputs[0].data = buffer.data();
        outputs[0].size = buffer.size();
        session.run_into({irkit::tensor(zeros.data(), dims)}, outputs);
    });
    report(figures, arguments);
}

const OrtApi* ort = nullptr;

void check(OrtStatus* status) {
    if (!status) return;
    std::fprintf(stderr, "%s\n", ort->GetErrorMessage(status));
    std::exit(1);
}

std::vector<int64_t> dims_of(OrtTypeInfo* type) {
    const OrtTensorTypeAndShapeInfo* shape = nullptr;
    size_t rank = 0;
    check(ort->CastTypeInfoToTensorInfo(type, &shape));
    check(ort->GetDimensionsCount(shape, &rank));
    std::vector<int64_t> dims(rank);
    check(ort->GetDimensions(shape, dims.data(), rank));
    return dims;
}

void with_onnxruntime(const Arguments& arguments, Figures& figures) {
    OrtEnv* environment = nullptr;
    check(ort->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "bench", &environment));
    const double start = cpu_ms();
    OrtSessionOptions* options = nullptr;
    check(ort->CreateSessionOptions(&options));
    check(ort->SetIntraOpNumThreads(options, 1));
    if (arguments.extended) check(ort->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_EXTENDED));
    if (!arguments.prepacking) check(ort->AddSessionConfigEntry(options, "session.disable_prepacking", "1"));
    OrtSession* session = nullptr;
    check(ort->CreateSession(environment, arguments.model.c_str(), options, &session));
    figures.create_ms = cpu_ms() - start;

    OrtAllocator* allocator = nullptr;
    OrtMemoryInfo* cpu = nullptr;
    OrtTypeInfo* types[2] = {};
    char* names[2] = {};
    check(ort->GetAllocatorWithDefaultOptions(&allocator));
    check(ort->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &cpu));
    check(ort->SessionGetInputTypeInfo(session, 0, &types[0]));
    check(ort->SessionGetOutputTypeInfo(session, 0, &types[1]));
    check(ort->SessionGetInputName(session, 0, allocator, &names[0]));
    check(ort->SessionGetOutputName(session, 0, allocator, &names[1]));
    std::vector<int64_t> dims[2] = {dims_of(types[0]), dims_of(types[1])};
    std::vector<float> buffers[2] = {std::vector<float>(elements_of(dims[0])),
                                     std::vector<float>(elements_of(dims[1]))};
    measure_calls(figures, arguments.runs, [&] {
        OrtValue* values[2] = {};
        for (int k = 0; k < 2; ++k) {
            check(ort->CreateTensorWithDataAsOrtValue(
                cpu, buffers[k].data(), buffers[k].size() * sizeof(float), dims[k].data(), dims[k].size(),
                ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &values[k]));
        }
        check(ort->Run(session, nullptr, &names[0], &values[0], 1, &names[1], 1, &values[1]));
        for (OrtValue* value : values) ort->ReleaseValue(value);
    });
    report(figures, arguments);
}

/// Loads the library before anything is measured: what it costs is not the model's.
void load_onnxruntime() {
    const char* library = std::getenv("IRKIT_ONNXRUNTIME_LIBRARY");
    void* handle = ::dlopen(library ? library : "libonnxruntime.so.1", RTLD_NOW);
    using GetApiBase = const OrtApiBase* (*)();
    const auto base = handle ? reinterpret_cast<GetApiBase>(::dlsym(handle, "OrtGetApiBase")) : nullptr;
    if (base) ort = base()->GetApi(ORT_API_VERSION);
    if (ort) return;
    std::fprintf(stderr, "IRKIT_ONNXRUNTIME_LIBRARY names no onnxruntime\n");
    std::exit(1);
}

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    for (int k = 1; k < argc; ++k) {
        const std::string given = argv[k];
        if (given == "--no-prepacking") {
            arguments.prepacking = false;
        } else if (given == "--extended") {
            arguments.extended = true;
        } else if (given == "--hold") {
            arguments.hold = true;
        } else if (given == "--runs" && k + 1 < argc) {
            arguments.runs = std::atoi(argv[++k]);
        } else {
            arguments.model = given;
        }
    }
    return arguments;
}

}  // namespace

int main(int argc, char** argv) try {
    const Arguments arguments = parse(argc, argv);
    load_onnxruntime();
    Figures figures;
    const bool is_irkit =
        arguments.model.size() > 4 && arguments.model.substr(arguments.model.size() - 4) == ".irk";
    figures.private_kb = memory_kb("Private_Dirty");
    (is_irkit ? with_irkit : with_onnxruntime)(arguments, figures);
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "irkit-bench: %s\n", error.what());
    return 1;
}
