#include "layout.h"

#include <string_view>
#include <unordered_map>

#include "fbs.h"
#include "program_schema.h"
#include "verify.h"

namespace irkit::inside {
namespace {

/// Goes through the buffer as the writer went; `end_` is the end of what has been accounted for. The calls
/// nest as deep as the schema does, six tables.
class Walker {
  public:
    explicit Walker(Bytes data) : data_(data) {}

    void run() {
        if (std::memcmp(data_.slice(4, 4).data(), fbs::ProgramIdentifier(), 4) != 0)
            fail(IRKIT_FORMAT_ERROR, "PROGRAM, byte 4: the identifier is not ", fbs::ProgramIdentifier());
        table(kProgram, 0);
        require(end_ == data_.size(), end_, "bytes are left over");
    }

  private:
    template <class... Parts>
    static void require(bool holds, uint64_t at, const Parts&... parts) {
        if (!holds) fail(IRKIT_FORMAT_ERROR, "PROGRAM, byte ", at, ": ", parts...);
    }

    static void limit(uint64_t at, const char* name, uint64_t count, uint64_t most) {
        if (count > most) {
            fail(IRKIT_LIMIT_ERROR, "PROGRAM, byte ", at, ": ", name, ": ", count, ", at most ", most,
                 " are allowed");
        }
    }

    /// Bytes up to `start`, the first place from here on that leaves `rest` when divided by `step`, are zero.
    void skip_to(uint64_t start, uint64_t rest, uint64_t step) {
        const uint64_t expected = end_ + ((rest - end_) & (step - 1));  // 2^29 at most
        require(start == expected, end_, "what should stand at ", expected, " is at ", start);
        require(data_.first_nonzero(end_, start) == start, end_, "padding must be zero");
        end_ = start;
    }

    uint64_t target(uint64_t slot) const { return slot + data_.read<uint32_t>(slot); }

    void table(TableNumber number, uint64_t slot) {
        const uint64_t start = target(slot);
        const auto distance = static_cast<int64_t>(data_.read<int32_t>(start));
        const auto vtable = static_cast<uint64_t>(static_cast<int64_t>(start) - distance);
        auto found = arrangements_.find(vtable);
        if (found == arrangements_.end())
            found = arrangements_.emplace(vtable, read_vtable(number, vtable)).first;
        const Arrangement& has = found->second;  // stays where it is when others are added
        require(has.table == number, start, "a table of another kind than ", kTables[number].name);
        skip_to(start, 4, 8);
        end_ += has.size;
        require(end_ <= data_.size(), start, "a table passes the end");
        const Field* fields = kTables[number].fields;
        for (uint32_t k = 0; k < has.slots; ++k) {
            if (has.has(k) && is_scalar(fields[k].shape)) scalar(fields[k], start + has.places[k]);
        }
        for (uint32_t k = 0; k < has.slots; ++k) {
            if (has.has(k) && !is_scalar(fields[k].shape)) child(fields[k], start + has.places[k]);
        }
    }

    Arrangement read_vtable(TableNumber number, uint64_t start) {
        skip_to(start, 0, 2);
        const auto size = data_.read<uint16_t>(start);
        require(size >= 4 && size % 2 == 0, start, "a vtable of ", size, " bytes");
        data_.slice(start, size);
        const uint32_t slots = (size - 4U) / 2;
        if (slots > kTables[number].count) {
            fail(IRKIT_UNSUPPORTED_ERROR, "PROGRAM, byte ", start, ": a ", kTables[number].name,
                 " has fields that this irkit does not know");
        }
        uint32_t present = 0;
        for (uint32_t k = 0; k < slots; ++k) present |= (slot_of(start, k) != 0 ? 1U : 0U) << k;
        const Arrangement result(number, present);
        bool canonical = result.slots == slots && result.size == data_.read<uint16_t>(start + 2);
        for (uint32_t k = 0; k < slots; ++k) canonical = canonical && slot_of(start, k) == result.places[k];
        for (const auto& [place, other] : arrangements_)
            canonical = canonical && (other.table != number || other.present != present);
        require(canonical, start, "a vtable that is not in its canonical form");
        end_ = start + size;
        return result;
    }

    uint16_t slot_of(uint64_t vtable, uint32_t field) const {
        return data_.read<uint16_t>(vtable + 4 + 2 * field);
    }

    void scalar(const Field& field, uint64_t at) const {
        const uint64_t value = field.shape == Shape::byte   ? data_.read<uint8_t>(at)
                               : field.shape == Shape::word ? data_.read<uint32_t>(at)
                                                            : data_.read<uint64_t>(at);
        require(value != field.absent, at, field.name, " has its default and should be left out");
        require(field.absent != 1 || value == 0, at, field.name, " must be 0 or 1");
    }

    void child(const Field& field, uint64_t slot) {
        switch (field.shape) {
            case Shape::text:
                text(slot, field.name, field.most, true);
                break;
            case Shape::bytes:
                vector(field, slot, 0, 4, 1);
                break;
            case Shape::words:
                vector(field, slot, 0, 4, 4);
                break;
            case Shape::numbers:
                vector(field, slot, 4, 8, 8);
                break;
            case Shape::tokens:
                tokens(vector(field, slot, 4, 8, sizeof(fbs::DimToken)));
                break;
            case Shape::texts:
            case Shape::tables:
                elements(field, vector(field, slot, 0, 4, 4));
                break;
            default:
                table(field.table, slot);
        }
    }

    struct Elements {
        uint64_t start;
        uint64_t count;
    };

    /// The vector behind `slot`, which is not empty.
    Elements vector(const Field& field, uint64_t slot, uint64_t rest, uint64_t step, uint64_t size) {
        const uint64_t start = target(slot);
        skip_to(start, rest, step);
        const auto count = data_.read<uint32_t>(start);
        require(data_.holds(start + 4, count * size), start, count, " elements pass the end");
        require(count > 0, start, field.name, " is empty and should be left out");
        limit(start, field.name, count, field.most);
        end_ = start + 4 + count * size;
        return {start + 4, count};
    }

    void elements(const Field& field, Elements slots) {
        for (uint64_t k = 0; k < slots.count; ++k) {
            const uint64_t slot = slots.start + 4 * k;
            if (field.shape == Shape::texts) {
                text(slot, field.name, field.most_bytes, false);
            } else {
                table(field.table, slot);
            }
        }
    }

    void tokens(Elements found) const {
        constexpr uint64_t kUsed = sizeof(int64_t) + 1;
        for (uint64_t k = 0; k < found.count; ++k) {
            const uint64_t at = found.start + k * sizeof(fbs::DimToken), end = at + sizeof(fbs::DimToken);
            require(data_.first_nonzero(at + kUsed, end) == end, at, "padding must be zero");
        }
    }

    void text(uint64_t slot, const char* name, uint64_t most, bool may_be_left_out) {
        const uint64_t start = target(slot);
        skip_to(start, 0, 4);
        const auto size = data_.read<uint32_t>(start);
        require(data_.holds(start + 4, uint64_t{size} + 1), start, "a text passes the end");
        require(size > 0 || !may_be_left_out, start, name, " is empty and should be left out");
        limit(start, name, size, most);
        const std::string_view found(reinterpret_cast<const char*>(data_.slice(start + 4, size).data()),
                                     size);
        require(found.find('\0') == std::string_view::npos && data_.read<uint8_t>(start + 4 + size) == 0,
                start, "a text must end with a NUL, and hold no other");
        require(is_utf8(found), start, "a text is not UTF-8");
        end_ = start + 4 + size + 1;
    }

    Bytes data_;
    uint64_t end_ = 8;
    std::unordered_map<uint64_t, Arrangement> arrangements_;  // by the place of their vtable
};

}  // namespace

void verify_layout(Bytes section) {
    Walker(section).run();
}

}  // namespace irkit::inside
