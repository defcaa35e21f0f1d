#include "memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <new>

namespace irkit::inside {
namespace {

constexpr std::align_val_t kAlignment{64};

class File {
  public:
    explicit File(const char* path) : number_(::open(path, O_RDONLY | O_CLOEXEC)), path_(path) {
        check(number_ >= 0);
    }
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    int number() const { return number_; }

    void check(bool worked) const {
        if (!worked) fail(IRKIT_IO_ERROR, path_, ": ", std::strerror(errno));
    }

    /// Length of a regular file. Anything else has none that could be trusted.
    uint64_t length() const {
        struct stat status;
        check(::fstat(number_, &status) == 0);
        if (!S_ISREG(status.st_mode)) fail(IRKIT_IO_ERROR, path_, ": not a regular file");
        return static_cast<uint64_t>(status.st_size);
    }

  private:
    int number_;
    const char* path_;
};

class MappedMemory : public Memory {
  public:
    explicit MappedMemory(const char* path) {
        const File file(path);
        const uint64_t length = file.length();
        if (length == 0) return;  // mmap refuses an empty file; the reader will say what is wrong with it
        void* data = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file.number(), 0);
        file.check(data != MAP_FAILED);
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

std::unique_ptr<Memory> Memory::map(const char* path) {
    return std::make_unique<MappedMemory>(path);
}
std::unique_ptr<Memory> Memory::borrow(Bytes bytes) {
    return std::make_unique<BorrowedMemory>(bytes);
}
std::unique_ptr<Memory> Memory::copy(Bytes bytes) {
    return std::make_unique<CopiedMemory>(bytes);
}

}  // namespace irkit::inside
