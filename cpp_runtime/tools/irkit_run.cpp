// irkit-run: run a model file on .npy arrays.
#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <irkit/irkit.hpp>
#include <map>

#include "npy.h"

namespace {

struct Arguments {
    std::string model;
    std::vector<std::string> inputs, outputs;
    std::string library;
    int repeat = 1;
    int threads = 0;
    bool self_test = false;
    bool info = false;
    bool profile = false;
    double timeout = 0;  // seconds; 0: none
    irkit_verify verify = IRKIT_VERIFY_AUTO;
};

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    CLI::App app{"Run an irkit model file on .npy arrays."};
    app.set_version_flag("--version", irkit_version_string());
    app.add_option("model", arguments.model, "the model file")->required();
    app.add_option("--input,-i", arguments.inputs,
                   "NAME=FILE.npy, or FILE.npy when the model has one input; repeat for more")
        ->allow_extra_args(false);
    app.add_option("--output,-o", arguments.outputs,
                   "NAME=FILE.npy to write, or FILE.npy when the model has one output")
        ->allow_extra_args(false);
    app.add_option("--repeat", arguments.repeat, "run so many times and print the times of one call")
        ->check(CLI::PositiveNumber);
    app.add_option("--threads", arguments.threads, "that work on one call; 0: one for each core")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--onnxruntime", arguments.library, "path of libonnxruntime.so");
    const std::map<std::string, irkit_verify> levels{
        {"auto", IRKIT_VERIFY_AUTO}, {"always", IRKIT_VERIFY_ALWAYS}, {"never", IRKIT_VERIFY_NEVER}};
    app.add_option("--verify", arguments.verify,
                   "checksum of the weights: auto (up to 64 MiB), always, never")
        ->transform(CLI::CheckedTransformer(levels));
    app.add_flag("--self-test", arguments.self_test, "run the file's test vectors and compare");
    app.add_flag("--profile", arguments.profile, "print what each node took, the slowest first");
    app.add_option("--timeout", arguments.timeout, "seconds after which a call is stopped")
        ->check(CLI::Range(0.0, 1e9));
    app.add_flag("--info", arguments.info, "print what the file holds; runs nothing");
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& help) {
        std::exit(app.exit(help));
    }
    return arguments;
}

void print_info(const irkit::Model& model) {
    const irkit_model_info info = model.info();
    std::printf("model        %s\nproducer     %s\nopset        %u\n", info.name, info.producer, info.opset);
    for (size_t k = 0; k < info.inputs; ++k)
        std::printf("input        %s: %s\n", model.input(k).name, model.input(k).type);
    for (size_t k = 0; k < info.outputs; ++k)
        std::printf("output       %s: %s\n", model.output(k).name, model.output(k).type);
    for (size_t k = 0; const char* text = irkit_model_assumption(model.handle(), k); ++k)
        std::printf("assumption   %s\n", text);
    for (size_t k = 0; const char* key = irkit_model_metadata_key(model.handle(), k); ++k) {
        std::printf("metadata     %s: %s\n", key, irkit_model_metadata_value(model.handle(), k));
    }
    std::printf("nodes        %zu\ntensors      %zu\nsamples      %zu\n", info.nodes, info.tensors,
                info.samples);
    std::printf("file         %llu bytes, weights %llu\n", static_cast<unsigned long long>(info.file_size),
                static_cast<unsigned long long>(info.weights_size));
}

/// "NAME=FILE" or "FILE" for each port → the files in the ports' order; "" for a port without one.
std::vector<std::string> files_of(const std::vector<std::string>& given,
                                  const std::vector<std::string>& ports, const char* what) {
    std::vector<std::string> result(ports.size());
    for (const std::string& text : given) {
        const size_t equals = text.find('=');
        const bool is_named = equals != std::string::npos;
        if (!is_named && ports.size() != 1) {
            throw std::invalid_argument(std::string("--") + what + " " + text + ": the model has " +
                                        std::to_string(ports.size()) + " of them; write NAME=" + text);
        }
        const std::string name = is_named ? text.substr(0, equals) : ports[0];
        const auto found = std::find(ports.begin(), ports.end(), name);
        if (found == ports.end())
            throw std::invalid_argument(std::string("the model has no ") + what + " '" + name + "'");
        std::string& file = result[static_cast<size_t>(found - ports.begin())];
        if (!file.empty()) throw std::invalid_argument(std::string(what) + " '" + name + "' is given twice");
        file = text.substr(is_named ? equals + 1 : 0);
    }
    return result;
}

template <class GetPort>
std::vector<std::string> names_of(size_t ports, GetPort get_port) {
    std::vector<std::string> result;
    for (size_t k = 0; k < ports; ++k) result.emplace_back(get_port(k).name);
    return result;
}

std::vector<Array> read_inputs(const Arguments& arguments, const irkit::Model& model) {
    const auto names = names_of(model.info().inputs, [&](size_t k) { return model.input(k); });
    const auto files = files_of(arguments.inputs, names, "input");
    std::vector<Array> result;
    for (size_t k = 0; k < files.size(); ++k) {
        if (files[k].empty()) throw std::invalid_argument("--input " + names[k] + "=FILE.npy is missing");
        result.push_back(read_npy(files[k]));
    }
    return result;
}

void write_outputs(const std::vector<std::string>& files, const irkit::Model& model,
                   const irkit::Outputs& outputs) {
    for (size_t k = 0; k < outputs.size(); ++k) {
        if (!files[k].empty()) {
            write_npy(files[k], outputs[k].raw());
            continue;
        }
        std::string shape;
        for (const int64_t dim : outputs[k].dims())
            shape += (shape.empty() ? "" : ", ") + std::to_string(dim);
        std::printf("%s: %s[%s]\n", model.output(k).name, irkit_dtype_name(outputs[k].dtype()),
                    shape.c_str());
    }
}

irkit::Outputs run_repeatedly(const irkit::Session& session, const std::vector<irkit_tensor>& inputs,
                              const Arguments& arguments) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    irkit::Outputs outputs;
    const std::chrono::duration<double> timeout(arguments.timeout);
    const irkit::RunLimits limits(std::chrono::duration_cast<std::chrono::microseconds>(timeout));
    for (int k = 0; k < arguments.repeat; ++k) {
        const auto start = Clock::now();
        outputs = session.run(inputs, limits);
        times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    if (arguments.repeat > 1)
        std::printf("%d calls: min %.2f us, median %.2f us\n", arguments.repeat, times.front(),
                    times[times.size() / 2]);
    return outputs;
}

void print_profile(const std::vector<irkit::NodeTime>& times) {
    std::printf("%12s %8s  %-20s %s\n", "microseconds", "calls", "operation", "layer, source");
    for (const irkit::NodeTime& each : times) {
        const std::string place =
            each.layer + (each.layer.empty() || each.source.empty() ? "" : ", ") + each.source;
        std::printf("%12lld %8llu  %-20s %s\n", static_cast<long long>(each.time.count()),
                    static_cast<unsigned long long>(each.calls), each.op.c_str(), place.c_str());
    }
}

void run(const Arguments& arguments) {
    irkit_model_options model_options = IRKIT_MODEL_OPTIONS_INIT;
    model_options.verify = arguments.verify;
    const irkit::Model model(arguments.model, model_options);
    if (arguments.info) return print_info(model);

    // Mistakes in the arguments come to light before the session is made.
    std::vector<Array> arrays;
    const auto outputs =
        files_of(arguments.outputs, names_of(model.info().outputs, [&](size_t k) { return model.output(k); }),
                 "output");
    if (!arguments.self_test) arrays = read_inputs(arguments, model);

    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.threads = arguments.threads;
    if (!arguments.library.empty()) options.library = arguments.library.c_str();
    options.profile = arguments.profile;
    irkit::Session session(model, options);
    if (arguments.self_test) {
        std::printf("%zu samples passed\n", session.self_test());
        return;
    }
    std::vector<irkit_tensor> inputs;
    for (Array& array : arrays) inputs.push_back(array.tensor());
    write_outputs(outputs, model, run_repeatedly(session, inputs, arguments));
    if (arguments.profile) print_profile(session.end_profile());
}

/// One line, whatever the message.
int report(std::string message) {
    std::replace(message.begin(), message.end(), '\n', ' ');
    std::fprintf(stderr, "irkit-run: %s\n", message.c_str());
    return 1;
}

std::string describe(const irkit::Error& error) {
    std::string where = error.source();
    if (!error.layer().empty()) where += (where.empty() ? "layer " : ", layer ") + error.layer();
    return std::string(error.kind()) + ": " + error.what() + (where.empty() ? "" : " (" + where + ")");
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(parse(argc, argv));
        return 0;
    } catch (const irkit::Error& error) {
        return report(describe(error));
    } catch (const std::exception& error) {
        return report(error.what());
    }
}
