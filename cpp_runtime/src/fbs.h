// The generated code of proto/program.fbs, and reading its optional parts without caring whether they are
// there.
#pragma once

#include <program_generated.h>  // made by flatc at build time

#include <string_view>

namespace irkit::inside {

namespace fbs = irkit::program;

template <class Vector>
uint64_t count(const Vector* vector) {
    return vector ? vector->size() : 0;
}

inline std::string_view view(const flatbuffers::String* string) {
    return string ? std::string_view(string->c_str(), string->size()) : std::string_view();
}

inline std::string_view view(const flatbuffers::Vector<uint8_t>* bytes) {
    return bytes ? std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size())
                 : std::string_view();
}

/// Entry `number` of Program.strings, which the verifier has checked.
inline std::string_view string_at(const fbs::Program& program, uint32_t number) {
    return view(program.strings()->Get(number));
}

/// A range for loops over a vector that may be absent.
template <class T>
class Each {
  public:
    explicit Each(const flatbuffers::Vector<T>* vector) : vector_(vector) {}
    auto begin() const { return vector_ ? vector_->begin() : Iterator(nullptr, 0); }
    auto end() const { return vector_ ? vector_->end() : Iterator(nullptr, 0); }

  private:
    using Iterator = typename flatbuffers::Vector<T>::const_iterator;
    const flatbuffers::Vector<T>* vector_;
};

template <class T>
Each<T> each(const flatbuffers::Vector<T>* vector) {
    return Each<T>(vector);
}

}  // namespace irkit::inside
