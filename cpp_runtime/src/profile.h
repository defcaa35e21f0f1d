// What the nodes of a session took: onnxruntime measures into a file of JSON, this reads it.
#pragma once

#include <string>
#include <vector>

#include "fbs.h"
#include "onnxruntime.h"

namespace irkit::inside {

/// A folder that only this user can read, gone with this object. IoError.
class ProfileFolder {
  public:
    ProfileFolder();
    ~ProfileFolder();
    ProfileFolder(const ProfileFolder&) = delete;
    ProfileFolder& operator=(const ProfileFolder&) = delete;

    /// How the names of onnxruntime's files in it begin.
    std::string prefix() const { return path_ + "/profile"; }

  private:
    std::string path_;
};

/// Nodes in the order of what they took, the slowest first.
struct Profile {
    struct Entry {
        std::string name;  // of onnxruntime's node
        std::string op, layer, source;
        uint64_t calls = 0, microseconds = 0;
    };
    std::vector<Entry> entries;
};

/// What the file at `path` says, by the nodes of `program`. The file is removed. IoError.
Profile read_profile(const std::string& path, const fbs::Program& program);

}  // namespace irkit::inside
