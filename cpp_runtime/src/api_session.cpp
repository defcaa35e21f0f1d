// The C interface: sessions and their calls. irkit.h says what these functions do.
#include "api.h"

using namespace irkit::inside;  // this file is part of the library's outermost layer

namespace {

void require_ports(const irkit_session* session, const void* inputs, size_t input_count, const void* outputs,
                   size_t output_count) {
    require(session != nullptr, "session is NULL");
    const Model& model = session->session.model();
    require(input_count == model.inputs && output_count == model.outputs,
            "the numbers of inputs and outputs are not those of the model");
    require((inputs || input_count == 0) && (outputs || output_count == 0), "inputs or outputs is NULL");
}

Limits limits_of(const irkit_run_options* options) {
    const auto used = read_options(options, irkit_run_options IRKIT_RUN_OPTIONS_INIT);
    return {used.canceller ? &used.canceller->canceller : nullptr, used.timeout_microseconds};
}

size_t state_number(const irkit_session* session, const char* name) {
    require(session && name, "session or name is NULL");
    const auto* states = session->session.model().program->states();
    for (uint32_t k = 0; k < count(states); ++k) {
        if (view(states->Get(k)->name()) == name) return k;
    }
    fail(IRKIT_INVALID_ARGUMENT, "the model has no state ", quoted(name));
}

}  // namespace

irkit_error* irkit_session_create(const irkit_model* model, const irkit_session_options* options,
                                  irkit_session** session) {
    if (session) *session = nullptr;
    return guard([&] {
        require(model && session, "model or session is NULL");
        const auto used = read_options(options, irkit_session_options IRKIT_SESSION_OPTIONS_INIT);
        *session = new irkit_session{{model->model, used}};
    });
}

void irkit_session_free(irkit_session* session) {
    delete session;
}

const char* irkit_onnxruntime_version(void) {
    const Onnxruntime* loaded = Onnxruntime::loaded();
    return loaded ? loaded->version().c_str() : "";
}

void irkit_result_free(irkit_result* result) {
    delete result;
}

irkit_error* irkit_canceller_create(irkit_canceller** canceller) {
    return guard([&] {
        require(canceller != nullptr, "canceller is NULL");
        *canceller = nullptr;
        *canceller = new irkit_canceller;
    });
}

irkit_error* irkit_cancel(irkit_canceller* canceller) {
    return guard([&] {
        require(canceller != nullptr, "canceller is NULL");
        canceller->canceller.cancel();
    });
}

irkit_error* irkit_canceller_reset(irkit_canceller* canceller) {
    return guard([&] {
        require(canceller != nullptr, "canceller is NULL");
        canceller->canceller.reset();
    });
}

void irkit_canceller_free(irkit_canceller* canceller) {
    delete canceller;
}

irkit_error* irkit_run(irkit_session* session, const irkit_tensor* inputs, size_t input_count,
                       irkit_tensor* outputs, size_t output_count, const irkit_run_options* options,
                       irkit_result** result) {
    if (result) *result = nullptr;
    return guard([&] {
        require_ports(session, inputs, input_count, outputs, output_count);
        const bool all_owned =
            std::all_of(outputs, outputs + output_count, [](const irkit_tensor& t) { return t.data; });
        require(result || all_owned, "result is NULL and an output has no buffer");
        std::unique_ptr<irkit_result> made(result ? new irkit_result : nullptr);
        Result unused;
        session->session.run(inputs, outputs, limits_of(options), made ? made->result : unused);
        if (result) *result = made.release();
    });
}

irkit_error* irkit_run_values(irkit_session* session, const irkit_value* inputs, size_t input_count,
                              irkit_value* outputs, size_t output_count, const irkit_run_options* options,
                              irkit_result** result) {
    if (result) *result = nullptr;
    return guard([&] {
        require_ports(session, inputs, input_count, outputs, output_count);
        require(result != nullptr, "result is NULL");
        auto made = std::make_unique<irkit_result>();
        session->session.run_values(inputs, outputs, limits_of(options), made->result);
        *result = made.release();
    });
}

irkit_error* irkit_session_get_state(irkit_session* session, const char* name, irkit_tensor* value,
                                     irkit_result** result) {
    if (result) *result = nullptr;
    return guard([&] {
        const size_t number = state_number(session, name);
        require(value && result, "value or result is NULL");
        auto made = std::make_unique<irkit_result>();
        session->session.get_state(number, *value, made->result);
        *result = made.release();
    });
}

irkit_error* irkit_session_set_state(irkit_session* session, const char* name, const irkit_tensor* value) {
    return guard([&] {
        const size_t number = state_number(session, name);
        require(value != nullptr, "value is NULL");
        session->session.set_state(number, *value);
    });
}

irkit_error* irkit_session_reset_states(irkit_session* session) {
    return guard([&] {
        require(session != nullptr, "session is NULL");
        session->session.reset_states();
    });
}

irkit_error* irkit_session_end_profile(irkit_session* session, irkit_profile** profile) {
    if (profile) *profile = nullptr;
    return guard([&] {
        require(session && profile, "session or profile is NULL");
        *profile = new irkit_profile{session->session.end_profile()};
    });
}

size_t irkit_profile_count(const irkit_profile* profile) {
    return profile ? profile->profile.entries.size() : 0;
}

irkit_error* irkit_profile_get(const irkit_profile* profile, size_t index, irkit_node_time* time) {
    return guard([&] {
        require(profile && time, "profile or time is NULL");
        require(index < profile->profile.entries.size(), "no node of this number");
        const Profile::Entry& entry = profile->profile.entries[index];
        irkit_node_time result{};
        result.op = entry.op.c_str();
        result.layer = entry.layer.c_str();
        result.source = entry.source.c_str();
        result.calls = entry.calls;
        result.microseconds = entry.microseconds;
        write_struct(result, time);
    });
}

void irkit_profile_free(irkit_profile* profile) {
    delete profile;
}

irkit_error* irkit_self_test(irkit_session* session, size_t* samples) {
    return guard([&] {
        require(session != nullptr, "session is NULL");
        if (samples) *samples = session->session.model().samples.size();
        self_test(session->session);
    });
}
