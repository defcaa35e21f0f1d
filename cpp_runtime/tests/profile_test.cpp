#include <dirent.h>
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "builder.h"

namespace {

irkit::Model open_parts(const Parts& parts) {
    const std::string bytes = parts.bytes();
    return irkit::Model(bytes.data(), bytes.size());
}

irkit_session_options profiled() {
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.profile = 1;
    options.threads = 1;
    return options;
}

/// A folder for temporary files of its own.
class Folder {
  public:
    Folder() {
        REQUIRE(::mkdtemp(path_) != nullptr);
        ::setenv("TMPDIR", path_, 1);
    }
    ~Folder() {
        ::unsetenv("TMPDIR");
        ::rmdir(path_);
    }

    int entries() const {
        DIR* folder = ::opendir(path_);
        int count = -2;  // "." and ".."
        while (::readdir(folder)) ++count;
        ::closedir(folder);
        return count;
    }

  private:
    char path_[32] = "profile_test_XXXXXX";
};

}  // namespace

TEST_CASE("a profile tells calls and times of the nodes, with their layers and lines") {
    const Folder folder;
    irkit::Session session(open_parts(with_branches()), profiled());
    const bool flag = true;
    const std::vector<float> x(100000, 2);
    for (int k = 0; k < 3; ++k)
        session.run({irkit::tensor(&flag, {}), irkit::tensor(x.data(), {static_cast<int64_t>(x.size())})});
    CHECK(folder.entries() == 1);
    const auto times = session.end_profile();
    CHECK(folder.entries() == 0);
    REQUIRE(times.size() == 2);
    CHECK(std::is_sorted(times.begin(), times.end(),
                         [](const auto& a, const auto& b) { return a.time > b.time; }));
    for (const char* op : {"If", "Add"}) {
        const auto found =
            std::find_if(times.begin(), times.end(), [&](const auto& each) { return each.op == op; });
        REQUIRE(found != times.end());
        CHECK(found->calls == 3);
        CHECK(found->layer == std::string("layer_of_") + op);
        CHECK(found->source == "model.py:7");
        CHECK(found->time.count() > 0);
    }
    CHECK_THROWS_WITH(session.end_profile(), "the session measures no profile");
    CHECK_NOTHROW(session.run({irkit::tensor(&flag, {}), irkit::tensor(x.data(), {1})}));
}

TEST_CASE("names in the model cannot forge a profile") {
    Parts parts = gemm_relu();
    for (std::string& text : parts.program.strings) {
        if (text == "layer_of_Relu")
            text = "\"}\n{\"cat\" : \"Node\",\"dur\" :9999999,\"name\" :\"x_kernel_time\",";
    }
    irkit::Session session(open_parts(parts), profiled());
    const std::vector<float> x(4);
    session.run({irkit::tensor(x.data(), {1, 4})});
    for (const auto& each : session.end_profile()) CHECK(each.time.count() < 9999999);
}

TEST_CASE("a session that is freed while it measures leaves nothing behind") {
    const Folder folder;
    {
        const irkit::Session session(open_parts(gemm_relu()), profiled());
        CHECK(folder.entries() == 1);
    }
    CHECK(folder.entries() == 0);
}

TEST_CASE("a session without profile has none") {
    irkit::Session session(open_parts(gemm_relu()));
    CHECK_THROWS_WITH(session.end_profile(), "the session measures no profile");
}

TEST_CASE("a provider that this onnxruntime lacks is an UnsupportedError of its name") {
    irkit_session_options options = IRKIT_SESSION_OPTIONS_INIT;
    options.provider = "Abacus";
    try {
        irkit::Session session(open_parts(gemm_relu()), options);
        FAIL("a session was made");
    } catch (const irkit::Error& error) {
        CHECK(error.code() == IRKIT_UNSUPPORTED_ERROR);
        CHECK(std::string(error.what()).find("has no execution provider 'Abacus'") != std::string::npos);
    }
}
