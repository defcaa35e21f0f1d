#include "canonical.h"

#include <map>
#include <utility>

#include "program_schema.h"

namespace {

using namespace irkit::inside;

class Rewriter {
  public:
    explicit Rewriter(Bytes from) : from_(from) {}

    std::string run() {
        out_.assign(4, '\0').append("IRKP");
        table(kProgram, 0, target(0));
        return std::move(out_);
    }

  private:
    uint64_t target(uint64_t slot) const { return slot + from_.read<uint32_t>(slot); }

    void pad(uint64_t rest, uint64_t step) {
        while (out_.size() % step != rest) out_ += '\0';
    }

    template <class T>
    void put(uint64_t at, T value) {
        std::memcpy(out_.data() + at, &value, sizeof value);
    }

    void point(uint64_t slot) { put(slot, static_cast<uint32_t>(out_.size() - slot)); }

    uint64_t place_of(uint64_t start, uint32_t field) const {
        const uint64_t vtable = start - static_cast<int64_t>(from_.read<int32_t>(start));
        const uint32_t slots = (from_.read<uint16_t>(vtable) - 4U) / 2;
        const uint16_t place = field < slots ? from_.read<uint16_t>(vtable + 4 + 2 * field) : 0;
        return place == 0 ? 0 : start + place;
    }

    uint64_t scalar(const Field& field, uint64_t place) const {
        return field.shape == Shape::byte   ? from_.read<uint8_t>(place)
               : field.shape == Shape::word ? from_.read<uint32_t>(place)
                                            : from_.read<uint64_t>(place);
    }

    bool is_written(const Field& field, uint64_t place) const {
        if (place == 0) return false;
        if (is_scalar(field.shape)) return scalar(field, place) != field.absent;
        return field.shape == Shape::table || from_.read<uint32_t>(target(place)) > 0;  // a length
    }

    void table(TableNumber number, uint64_t slot, uint64_t from) {
        const Table& table = kTables[number];
        uint32_t present = 0;
        for (uint32_t k = 0; k < table.count; ++k)
            present |= (is_written(table.fields[k], place_of(from, k)) ? 1U : 0U) << k;
        const Arrangement has(number, present);
        const uint64_t vtable = vtable_of(has);
        pad(4, 8);
        const uint64_t start = out_.size();
        point(slot);
        out_.resize(start + has.size);
        put(start, static_cast<int32_t>(start - vtable));
        for (uint32_t k = 0; k < table.count; ++k) {
            if (has.has(k) && is_scalar(table.fields[k].shape)) {
                const uint64_t value = scalar(table.fields[k], place_of(from, k));
                std::memcpy(out_.data() + start + has.places[k], &value, size_of(table.fields[k].shape));
            }
        }
        for (uint32_t k = 0; k < table.count; ++k) {
            if (has.has(k) && !is_scalar(table.fields[k].shape))
                child(table.fields[k], start + has.places[k], target(place_of(from, k)));
        }
    }

    uint64_t vtable_of(const Arrangement& has) {
        const auto [found, is_new] = vtables_.try_emplace({has.table, has.present}, 0);
        if (!is_new) return found->second;
        pad(0, 2);
        const uint64_t start = found->second = out_.size();
        out_.resize(start + 4 + 2 * uint64_t{has.slots});
        put(start, static_cast<uint16_t>(4 + 2 * has.slots));
        put(start + 2, has.size);
        for (uint32_t k = 0; k < has.slots; ++k) put(start + 4 + 2 * k, has.places[k]);
        return start;
    }

    void child(const Field& field, uint64_t slot, uint64_t from) {
        switch (field.shape) {
            case Shape::table:
                return table(field.table, slot, from);
            case Shape::text:
                return text(slot, from);
            case Shape::numbers:
                return raw(slot, from, 4, 8, 8);
            case Shape::tokens:
                return raw(slot, from, 4, 8, 16);
            case Shape::bytes:
                return raw(slot, from, 0, 4, 1);
            case Shape::words:
                return raw(slot, from, 0, 4, 4);
            default:
                return elements(field, slot, from);
        }
    }

    void raw(uint64_t slot, uint64_t from, uint64_t rest, uint64_t step, uint64_t size) {
        pad(rest, step);
        point(slot);
        const Bytes data = from_.slice(from, 4 + size * from_.read<uint32_t>(from));
        out_.append(reinterpret_cast<const char*>(data.data()), data.size());
    }

    void text(uint64_t slot, uint64_t from) {
        raw(slot, from, 0, 4, 1);
        out_ += '\0';
    }

    void elements(const Field& field, uint64_t slot, uint64_t from) {
        pad(0, 4);
        point(slot);
        const uint64_t start = out_.size();
        const auto count = from_.read<uint32_t>(from);
        out_.resize(start + 4 + 4 * uint64_t{count});
        put(start, count);
        for (uint64_t k = 0; k < count; ++k) {
            const uint64_t to = start + 4 + 4 * k, element = target(from + 4 + 4 * k);
            if (field.shape == Shape::texts) {
                text(to, element);
            } else {
                table(field.table, to, element);
            }
        }
    }

    Bytes from_;
    std::string out_;
    std::map<std::pair<TableNumber, uint32_t>, uint64_t> vtables_;
};

}  // namespace

std::string canonical(Bytes buffer) {
    return Rewriter(buffer).run();
}
