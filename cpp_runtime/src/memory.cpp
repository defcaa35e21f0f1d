#include "memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>
#include <string>

namespace irkit::inside {
namespace {

constexpr std::align_val_t kAlignment{64};

class File {
  public:
    explicit File(const char* path) : number_(::open(path, O_RDONLY | O_CLOEXEC)), name_(path) {
        check(number_ >= 0);
    }
    ~File() { ::close(number_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    int number() const { return number_; }
    const std::string& name() const { return name_; }

  private:
    void check(bool worked) const {
        if (!worked) fail(IRKIT_IO_ERROR, name_, ": ", std::strerror(errno));
    }

    int number_;
    std::string name_;
};

/// Length of a regular file. Anything else has none that could be trusted.
uint64_t length_of(int file, const std::string& name, uint64_t limit) {
    struct stat status;
    if (::fstat(file, &status) != 0) fail(IRKIT_IO_ERROR, name, ": ", std::strerror(errno));
    if (!S_ISREG(status.st_mode)) fail(IRKIT_IO_ERROR, name, ": not a regular file");
    const auto length = static_cast<uint64_t>(status.st_size);
    if (limit > 0 && length > limit)
        fail(IRKIT_LIMIT_ERROR, name, ": ", length, " bytes, at most ", limit, " are allowed");
    return length;
}

class MappedMemory : public Memory {
  public:
    MappedMemory(int file, const std::string& name, uint64_t limit) {
        const uint64_t length = length_of(file, name, limit);
        if (length == 0) return;  // mmap refuses an empty file; the reader will say what is wrong with it
        void* data = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file, 0);
        if (data == MAP_FAILED) fail(IRKIT_IO_ERROR, name, ": ", std::strerror(errno));
        bytes_ = Bytes(data, length);
    }
    ~MappedMemory() override {
        if (bytes_.size() > 0) ::munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
    }
};

class BorrowedMemory : public Memory {
  public:
    explicit BorrowedMemory(Bytes bytes) {
        if (reinterpret_cast<uintptr_t>(bytes.data()) % static_cast<size_t>(kAlignment) != 0) {
            fail(IRKIT_INVALID_ARGUMENT,
                 "borrowed memory must start at a multiple of 64; irkit_model_from_copy takes any");
        }
        bytes_ = bytes;
    }
};

/// Gives the bytes back when it is destroyed, so also when the rest of an OwnedMemory cannot be made.
class Release {
  public:
    Release(void* data, size_t size, irkit_release_function release, void* user)
        : data_(data), size_(size), release_(release), user_(user) {}
    ~Release() { release_(user_, data_, size_); }
    Release(const Release&) = delete;
    Release& operator=(const Release&) = delete;

  private:
    void* data_;
    size_t size_;
    irkit_release_function release_;
    void* user_;
};

class OwnedMemory : public BorrowedMemory {
  public:
    OwnedMemory(Bytes bytes, std::unique_ptr<Release> release)
        : BorrowedMemory(bytes), release_(std::move(release)) {}

  private:
    std::unique_ptr<Release> release_;
};

class CopiedMemory : public Memory {
  public:
    explicit CopiedMemory(Bytes bytes) {
        void* data = ::operator new(bytes.size() + 1, kAlignment);
        if (bytes.size() > 0) std::memcpy(data, bytes.data(), bytes.size());
        bytes_ = Bytes(data, bytes.size());
    }
    ~CopiedMemory() override { ::operator delete(const_cast<uint8_t*>(bytes_.data()), kAlignment); }
};

}  // namespace

std::unique_ptr<Memory> Memory::map(const char* path, uint64_t limit) {
    const File file(path);
    return std::make_unique<MappedMemory>(file.number(), file.name(), limit);
}
std::unique_ptr<Memory> Memory::map(int file, uint64_t limit) {
    return std::make_unique<MappedMemory>(file, text("file descriptor ", file), limit);
}
std::unique_ptr<Memory> Memory::borrow(Bytes bytes) {
    return std::make_unique<BorrowedMemory>(bytes);
}
std::unique_ptr<Memory> Memory::copy(Bytes bytes) {
    return std::make_unique<CopiedMemory>(bytes);
}
std::unique_ptr<Memory> Memory::own(void* data, size_t size, irkit_release_function release, void* user) {
    std::unique_ptr<Release> owned;
    try {
        owned = std::make_unique<Release>(data, size, release, user);
    } catch (...) {
        release(user, data, size);
        throw;
    }
    return std::make_unique<OwnedMemory>(Bytes(data, size), std::move(owned));
}

}  // namespace irkit::inside
