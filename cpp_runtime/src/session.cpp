#include "session.h"

#include "located.h"
#include "model_writer.h"

namespace irkit::inside {
namespace {

std::vector<const char*> names_of(const flatbuffers::Vector<flatbuffers::Offset<fbs::Port>>* ports) {
    std::vector<const char*> result;
    for (const fbs::Port* port : each(ports)) result.push_back(port->name()->c_str());
    return result;
}

GraphOptimizationLevel level_of(irkit_optimization optimization) {
    switch (optimization) {
        case IRKIT_OPTIMIZE_ALL:
            return ORT_ENABLE_ALL;
        case IRKIT_OPTIMIZE_EXTENDED:
            return ORT_ENABLE_EXTENDED;
        case IRKIT_OPTIMIZE_BASIC:
            return ORT_ENABLE_BASIC;
        case IRKIT_OPTIMIZE_NONE:
            return ORT_DISABLE_ALL;
    }
    fail(IRKIT_INVALID_ARGUMENT, "optimization: ", static_cast<int>(optimization));
}

bool are_tensors(const flatbuffers::Vector<flatbuffers::Offset<fbs::Port>>* ports) {
    for (const fbs::Port* port : each(ports)) {
        if (port->type()->kind() != fbs::TypeKind::tensor) return false;
    }
    return true;
}

/// The making of a session: onnxruntime looks at its options between steps.
class RunningLoad : public Stoppable {
  public:
    RunningLoad(const Onnxruntime& ort, OrtSessionOptions* options) : ort_(ort), options_(options) {}

  private:
    void interrupt() noexcept override {
        ort_.ignore(ort_.api().SessionOptionsSetLoadCancellationFlag(options_, true));
    }
    const Onnxruntime& ort_;
    OrtSessionOptions* options_;
};

}  // namespace

Session::Session(std::shared_ptr<const Model> model, const irkit_session_options& options)
    : model_(std::move(model)),
      ort_(Onnxruntime::load(options.library)),
      input_names_(names_of(model_->program->inputs())),
      output_names_(names_of(model_->program->outputs())),
      log_(options.log),
      log_user_(options.log_user),
      only_tensors_(are_tensors(model_->program->inputs()) && are_tensors(model_->program->outputs())) {
    if (options.profile) profile_folder_ = std::make_unique<ProfileFolder>();
    const OrtOptionsPointer prepared = make_options(options);
    create(prepared.get(), options.timeout_microseconds);
    prepare_empty_sequences();
    reset(states_);
}

void Session::create(OrtSessionOptions* options, uint64_t microseconds) {
    const Container& container = model_->container;
    const NodeNames names = profile_folder_ ? NodeNames::numbers : NodeNames::with_layers;
    const ProtoWriter proto =
        write_model(*model_->program, container.weights, container.program.size(), names);
    RunningLoad load(ort_, options);
    const Stops stops(load, nullptr, microseconds);
    OrtSession* session = nullptr;
    try {
        ort_.check(ort_.api().CreateSessionFromArray(ort_.environment(), proto.written().data(),
                                                     proto.written().size(), options, &session));
    } catch (const Error& error) {
        load.check();
        throw refused_model(error, *model_->program);
    }
    session_.reset(session);
}

OrtOptionsPointer Session::make_options(const irkit_session_options& options) const {
    const OrtApi& api = ort_.api();
    OrtSessionOptions* made = nullptr;
    ort_.check(api.CreateSessionOptions(&made));
    OrtOptionsPointer result(made);
    if (options.threads < 0) fail(IRKIT_INVALID_ARGUMENT, "threads: ", options.threads);
    ort_.check(api.SetIntraOpNumThreads(made, options.threads));
    ort_.check(api.SetSessionGraphOptimizationLevel(made, level_of(options.optimization)));
    ort_.check(api.SetSessionLogSeverityLevel(
        made, log_ ? static_cast<int>(options.log_level) : ORT_LOGGING_LEVEL_FATAL));
    if (log_) ort_.check(api.SetUserLoggingFunction(made, forward_log, const_cast<Session*>(this)));
    if (options.disable_arena) ort_.check(api.DisableCpuMemArena(made));
    if (options.disable_prepacking)
        ort_.check(api.AddSessionConfigEntry(made, "session.disable_prepacking", "1"));
    if (options.disable_spinning)
        ort_.check(api.AddSessionConfigEntry(made, "session.intra_op.allow_spinning", "0"));
    if (options.provider) append_provider(made, options.provider);
    if (profile_folder_) ort_.check(api.EnableProfiling(made, profile_folder_->prefix().c_str()));
    share_weights(made);
    return result;
}

/// Before 1.31 onnxruntime copies the weights out of our memory; since then it reads them there.
void Session::share_weights(OrtSessionOptions* options) const {
    const Bytes weights = model_->container.weights;
    if (weights.size() == 0) return;
    const char* names[] = {kWeightsLocation};
    char* buffers[] = {const_cast<char*>(reinterpret_cast<const char*>(weights.data()))};  // only read
    const size_t lengths[] = {weights.size()};
    ort_.check(ort_.api().AddExternalInitializersFromFilesInMemory(options, names, buffers, lengths, 1));
    if (!ort_.shares_weights()) return;
    ort_.check(ort_.api().AddSessionConfigEntry(
        options, "session.use_external_initializer_file_buffers_directly", "1"));
}

void Session::append_provider(OrtSessionOptions* options, const char* name) const {
    try {
        ort_.check(ort_.api().SessionOptionsAppendExecutionProvider(options, name, nullptr, nullptr, 0));
    } catch (const Error& error) {
        fail(IRKIT_UNSUPPORTED_ERROR, "onnxruntime ", ort_.version(), " has no execution provider ",
             quoted(name), ": ", error.message);
    }
}

void Session::forward_log(void* session, OrtLoggingLevel level, const char*, const char*, const char*,
                          const char* message) {
    const auto* self = static_cast<const Session*>(session);
    self->log_(self->log_user_, static_cast<irkit_log_level>(level), message);
}

Profile Session::end_profile() {
    const std::lock_guard<std::mutex> lock(profile_mutex_);
    if (!profile_folder_) fail(IRKIT_INVALID_ARGUMENT, "the session measures no profile");
    OrtAllocator* allocator = nullptr;
    ort_.check(ort_.api().GetAllocatorWithDefaultOptions(&allocator));
    char* path = nullptr;
    ort_.check(ort_.api().SessionEndProfiling(session_.get(), allocator, &path));
    const std::string owned(path);
    ort_.check(ort_.api().AllocatorFree(allocator, path));
    Profile profile = read_profile(owned, *model_->program);
    profile_folder_.reset();
    return profile;
}

}  // namespace irkit::inside
