// libFuzzer on the C++ loader, without onnxruntime: whatever the bytes, opening them gives a model or an
// error.
//
// What opens is also turned into its ModelProto, since nothing but that reaches onnxruntime. A file that is
// sound on the outside is opened again with single numbers of its PROGRAM changed: fifteen executions more
// for the price of one mutation. scripts/fuzz.sh builds and runs it.
#include <irkit/irkit.h>

#include <cstdlib>
#include <random>

#include "model.h"
#include "model_writer.h"
#include "sealing.h"

namespace {

using namespace irkit::inside;

constexpr int kPokes = 15;

/// Any error is fine, but it must say what is wrong, and be of a kind that tells that it is the file.
bool opens(Bytes file) {
    try {
        irkit_model_options options{};
        options.struct_size = sizeof options;
        options.verify = IRKIT_VERIFY_ALWAYS;
        const Model model(Memory::copy(file), options);
        const auto proto =
            write_model(*model.program, model.container.weights, model.container.program.size());
        if (proto.written().empty()) std::abort();
        return true;
    } catch (const Error& error) {
        const bool is_expected = error.code == IRKIT_FORMAT_ERROR || error.code == IRKIT_GRAPH_ERROR ||
                                 error.code == IRKIT_LIMIT_ERROR || error.code == IRKIT_UNSUPPORTED_ERROR;
        if (!is_expected || error.message.empty()) std::abort();
        return false;
    }
}

/// Another number at the place of one byte, or of four that are aligned.
void poke(uint8_t* program, uint64_t length, std::minstd_rand& chance) {
    const uint64_t at = chance() % length;
    if (chance() % 2 == 0 || at / 4 * 4 + 4 > length) {
        program[at] =
            static_cast<uint8_t>(chance() % 4 == 0 ? chance() : program[at] + 1 - 2 * (chance() % 2));
        return;
    }
    constexpr uint32_t kEdges[] = {0, 1, 2, 3, 5, 8, 64, 255, 4096, 0x7fffffff, 0x80000000, 0xffffffff};
    std::memcpy(program + at / 4 * 4, &kEdges[chance() % std::size(kEdges)], 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    opens({data, size});
    std::string file(reinterpret_cast<const char*>(data), size);
    const auto section = program_section(file);
    if (section.length == 0) return 0;
    std::minstd_rand chance(static_cast<uint32_t>(size));
    const std::string before = file.substr(section.offset, section.length);
    for (int k = 0; k < kPokes; ++k) {
        chance.seed(chance() ^ static_cast<uint8_t>(before[k % before.size()]));
        if (!opens({file.data(), file.size()})) file.replace(section.offset, section.length, before);
        poke(reinterpret_cast<uint8_t*>(file.data()) + section.offset, section.length, chance);
        seal(file);
    }
    opens({file.data(), file.size()});
    return 0;
}
