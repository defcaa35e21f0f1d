#include "profile.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include "located.h"

namespace irkit::inside {
namespace {

constexpr std::string_view kNodeEvent = "{\"cat\" : \"Node\"";
constexpr std::string_view kKernelTime = "_kernel_time";

/// The text between `before` and the next `after`; empty when `line` has none.
std::string_view between(std::string_view line, std::string_view before, std::string_view after) {
    const size_t start = line.find(before);
    if (start == std::string_view::npos) return {};
    const std::string_view rest = line.substr(start + before.size());
    const size_t end = rest.find(after);
    return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

uint64_t number(std::string_view digits) {
    uint64_t result = 0;
    for (const char c : digits) {
        if (c >= '0' && c <= '9') result = 10 * result + static_cast<uint64_t>(c - '0');
    }
    return result;
}

/// Lines of a file, however long.
class Lines {
  public:
    explicit Lines(const std::string& path) : file_(std::fopen(path.c_str(), "re")) {
        if (!file_) fail(IRKIT_IO_ERROR, path, ": ", std::strerror(errno));
    }
    ~Lines() {
        std::fclose(file_);
        std::free(line_);
    }
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    bool next(std::string_view& line) {
        const ssize_t length = ::getline(&line_, &capacity_, file_);
        if (length < 0) return false;
        line = {line_, static_cast<size_t>(length)};
        return true;
    }

  private:
    std::FILE* file_;
    char* line_ = nullptr;
    size_t capacity_ = 0;
};

Profile::Entry new_entry(std::string_view name, std::string_view op, const fbs::Program& program) {
    Profile::Entry entry;
    entry.name = name;
    entry.op = op;
    if (const fbs::Node* node = node_named_in(entry.name, program)) {
        const Place place = place_of(*node, program);
        entry.layer = place.layer;
        entry.source = place.source;
    }
    return entry;
}

/// Goes through the file; names are those that ModelWriter gives to nodes when asked for short ones, so
/// nothing in the JSON comes from the model's author.
std::vector<Profile::Entry> read_entries(Lines& lines, const fbs::Program& program) {
    std::vector<Profile::Entry> entries;
    std::unordered_map<std::string, size_t> numbers;
    for (std::string_view line; lines.next(line);) {
        if (line.substr(0, kNodeEvent.size()) != kNodeEvent) continue;
        const std::string_view name = between(line, "\"name\" :\"", "\"");
        if (name.size() < kKernelTime.size() || name.substr(name.size() - kKernelTime.size()) != kKernelTime)
            continue;
        const auto [found, is_new] = numbers.emplace(name, entries.size());
        if (is_new) entries.push_back(new_entry(name, between(line, "\"op_name\" : \"", "\""), program));
        Profile::Entry& entry = entries[found->second];
        entry.calls += 1;
        entry.microseconds += number(between(line, "\"dur\" :", ","));
    }
    return entries;
}

std::string temporary_folder() {
    const char* from_environment = std::getenv("TMPDIR");
    return from_environment && *from_environment ? from_environment : "/tmp";
}

}  // namespace

ProfileFolder::ProfileFolder() : path_(temporary_folder() + "/irkit-XXXXXX") {
    if (!::mkdtemp(path_.data())) fail(IRKIT_IO_ERROR, path_, ": ", std::strerror(errno));
}

ProfileFolder::~ProfileFolder() {
    if (DIR* folder = ::opendir(path_.c_str())) {
        while (const dirent* entry = ::readdir(folder)) ::unlinkat(::dirfd(folder), entry->d_name, 0);
        ::closedir(folder);
    }
    ::rmdir(path_.c_str());
}

Profile read_profile(const std::string& path, const fbs::Program& program) {
    Lines lines(path);
    ::unlink(path.c_str());
    Profile profile{read_entries(lines, program)};
    const auto is_slower = [](const Profile::Entry& a, const Profile::Entry& b) {
        return a.microseconds != b.microseconds ? a.microseconds > b.microseconds : a.name < b.name;
    };
    std::sort(profile.entries.begin(), profile.entries.end(), is_slower);
    return profile;
}

}  // namespace irkit::inside
