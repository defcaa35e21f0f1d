// The rules of proto/README.md §3 and §4: nothing of a PROGRAM is used before it has passed here.
#pragma once

#include <string_view>

#include "checked.h"
#include "fbs.h"

namespace irkit::inside {

/// The PROGRAM in `section`, checked against every rule; it points into `section`.
/// FormatError, GraphError, LimitError, UnsupportedError.
const fbs::Program* verify_program(Bytes section, Bytes weights, uint64_t ir_hash);

/// Parts of PROGRAM may not share bytes: otherwise a short file could describe something huge. So the sizes
/// of all of them together cannot exceed that of the section.
class Budget {
  public:
    explicit Budget(uint64_t bytes) : left_(bytes) {}

    void take(uint64_t bytes) {
        if (bytes > left_) fail(IRKIT_FORMAT_ERROR, "PROGRAM: its parts share bytes");
        left_ -= bytes;
    }

    template <class T>
    void take(const flatbuffers::Vector<T>* vector) {
        take(vector ? 4 + uint64_t{vector->size()} *
                              sizeof(typename flatbuffers::IndirectHelper<T>::return_type) / divisor<T>()
                    : 0);
    }

  private:
    // A vector of offsets returns pointers of eight bytes and stores four.
    template <class T>
    static constexpr uint64_t divisor() {
        return std::is_pointer_v<typename flatbuffers::IndirectHelper<T>::return_type> ? 2 : 1;
    }
    uint64_t left_;
};

/// UTF-8 without NUL, not longer than `longest`. `what` names it in errors.
void verify_text(std::string_view text, uint64_t longest, const char* what, Budget& budget);
bool is_utf8(std::string_view text);

// The parts of verify_program, in its order.
void verify_strings(const fbs::Program& program, Budget& budget);
void verify_types(const fbs::Program& program,
                  Budget& budget);  // inputs, outputs, constraints, assumptions, states
void verify_tensors(const fbs::Program& program, Bytes weights, Budget& budget);
void verify_graphs(const fbs::Program& program, Budget& budget);

}  // namespace irkit::inside
