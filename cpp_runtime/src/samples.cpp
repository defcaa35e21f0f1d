// The VECTORS section: sample inputs and the outputs that they must give.
#include <cmath>

#include "dtype.h"
#include "format_limits.h"
#include "model.h"

namespace irkit::inside {
namespace {

template <class... Parts>
void require(bool holds, const Parts&... parts) {
    if (!holds) fail(IRKIT_FORMAT_ERROR, "VECTORS: ", parts...);
}

/// Goes through the section from start to end.
class SampleReader {
  public:
    explicit SampleReader(Bytes section) : section_(section) {}

    irkit_tensor tensor(const fbs::Port& port) {
        skip_padding(8);
        irkit_tensor result{};
        const auto dtype = next<uint8_t>();
        const auto rank = next<uint8_t>();
        require(dtype == static_cast<uint8_t>(port.type()->dtype()),
                "a tensor has another dtype than the signature");
        require(port.type()->kind() == fbs::TypeKind::tensor, "the model takes more than tensors");
        require(section_.first_nonzero(at_, at_ + 6) == at_ + 6, "byte ", at_, ": padding must be zero");
        at_ += 6;
        limits::check("VECTORS: rank", rank, limits::kRank);
        result.dtype = static_cast<irkit_dtype>(dtype);
        result.rank = rank;
        for (uint8_t k = 0; k < rank; ++k) result.dims[k] = next<int64_t>();
        result.size = next<uint64_t>();
        data(result);
        return result;
    }

    template <class T>
    T next() {
        const T value = section_.read<T>(at_);
        at_ += sizeof value;
        return value;
    }

    void finish() const { require(at_ == section_.size(), "byte ", at_, ": bytes after the last tensor"); }

  private:
    void data(irkit_tensor& tensor) {
        const auto elements = element_count(tensor.dims, static_cast<uint64_t>(tensor.rank));
        if (!elements) fail(IRKIT_LIMIT_ERROR, "VECTORS: byte ", at_, ": a tensor has too many elements");
        require(tensor.dtype != IRKIT_STRING && packed_size(tensor.dtype, *elements) == tensor.size, "byte ",
                at_, ": a tensor's length is not that of its sizes");
        skip_padding(64);
        const Bytes found = section_.slice(at_, tensor.size);
        require(tensor.dtype != IRKIT_BOOL || are_bools(found), "byte ", at_, ": a bool is neither 0 nor 1");
        require(last_half_is_zero(tensor.dtype, *elements, found), "byte ", at_,
                ": an unused half is not zero");
        tensor.data = const_cast<uint8_t*>(found.data());  // the C interface says that it is only read
        at_ += tensor.size;
    }

    void skip_padding(uint64_t step) {
        const uint64_t start = *checked_round_up(at_, step);  // at_ lies within the section
        require(section_.holds(at_, start - at_), "byte ", at_, ": the section is too short");
        require(section_.first_nonzero(at_, start) == start, "byte ", at_, ": padding must be zero");
        at_ = start;
    }

    Bytes section_;
    uint64_t at_ = 0;
};

}  // namespace

void read_samples(Model& model) {
    SampleReader reader(model.container.vectors);
    const auto samples = reader.next<uint32_t>();
    const auto inputs = reader.next<uint32_t>();
    const auto outputs = reader.next<uint32_t>();
    require(reader.next<uint32_t>() == 0, "byte 12: must be zero");
    model.tolerance = reader.next<double>();
    require(reader.next<uint64_t>() == 0, "byte 24: must be zero");
    require(samples > 0, "byte 0: no sample");
    limits::check("VECTORS: samples", samples, limits::kSamples);
    require(std::isfinite(model.tolerance) && model.tolerance >= 0, "byte 16: impossible tolerance");
    require(inputs == model.inputs && outputs == model.outputs,
            "byte 4: other numbers of inputs and outputs than the signature");
    for (uint32_t k = 0; k < samples; ++k) {
        auto& sample = model.samples.emplace_back();
        for (uint32_t j = 0; j < inputs; ++j)
            sample.push_back(reader.tensor(*model.program->inputs()->Get(j)));
        for (uint32_t j = 0; j < outputs; ++j)
            sample.push_back(reader.tensor(*model.program->outputs()->Get(j)));
    }
    reader.finish();
}

}  // namespace irkit::inside
