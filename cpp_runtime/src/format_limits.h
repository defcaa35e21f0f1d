// The limits of proto/README.md §5.
#pragma once

#include <cstdint>
#include <string_view>

#include "error.h"

namespace irkit::inside::limits {

constexpr uint64_t kProgram = 536'870'912;
constexpr uint64_t kSection = 2'147'483'647;
constexpr uint64_t kSize = INT64_MAX;  // of a section, a tensor, one dim
constexpr uint64_t kNodes = 1'048'576;
constexpr uint64_t kValues = 4'194'304;
constexpr uint64_t kGraphs = 65'536;
constexpr uint64_t kDepth = 16;
constexpr uint64_t kTensors = 1'048'576;
constexpr uint64_t kRank = IRKIT_MAX_RANK;
constexpr uint64_t kPorts = 4'096;
constexpr uint64_t kNodePorts = 16'384;
constexpr uint64_t kAttributes = 64;
constexpr uint64_t kAttributeList = 1'048'576;
constexpr uint64_t kAttributeString = 1'048'576;
constexpr uint64_t kAttributeTensor = 65'536;
constexpr uint64_t kAttributeTensors = 16'777'216;
constexpr uint64_t kStrings = 2'097'152;
constexpr uint64_t kName = 4'096;
constexpr uint64_t kText = 65'536;
constexpr uint64_t kSymbols = 4'096;
constexpr uint64_t kDimTokens = 255;
constexpr uint64_t kDimStack = 64;
constexpr uint64_t kFacts = 65'536;  // constraints, assumptions, metadata entries
constexpr uint64_t kSamples = 65'536;
constexpr uint64_t kVerifiedWeights = 67'108'864;  // a limit of patience, not of the format

inline void check(std::string_view what, uint64_t count, uint64_t limit) {
    if (count > limit) fail(IRKIT_LIMIT_ERROR, what, ": ", count, ", at most ", limit, " are allowed");
}

}  // namespace irkit::inside::limits
