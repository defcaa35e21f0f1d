#include "operators.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace irkit::inside {
namespace {

constexpr uint32_t many = UINT32_MAX;

constexpr AttributeRule kAttributes[] = {
#define ATTRIBUTE(name, kind, required) {name, fbs::AttributeKind::kind, required},
#include "operator_table.inc"
#undef ATTRIBUTE
};

constexpr OperatorRule kOperators[] = {
#define OPERATOR(domain, name, since, min_in, max_in, min_out, max_out, first, number) \
    {domain, name, since, min_in, max_in, min_out, max_out, first, number},
#include "operator_table.inc"
#undef OPERATOR
};

}  // namespace

const AttributeRule* OperatorRule::begin() const {
    return kAttributes + first_attribute;
}
const AttributeRule* OperatorRule::end() const {
    return begin() + attribute_count;
}

const AttributeRule* OperatorRule::attribute(std::string_view wanted) const {
    const auto* found =
        std::find_if(begin(), end(), [&](const AttributeRule& rule) { return rule.name == wanted; });
    return found == end() ? nullptr : found;
}

const OperatorRule* find_operator(std::string_view domain, std::string_view name) {
    const auto wanted = std::tie(domain, name);
    const auto* found = std::lower_bound(
        std::begin(kOperators), std::end(kOperators), wanted,
        [](const OperatorRule& rule, const auto& key) { return std::tie(rule.domain, rule.name) < key; });
    const bool exists = found != std::end(kOperators) && std::tie(found->domain, found->name) == wanted;
    return exists ? found : nullptr;
}

}  // namespace irkit::inside
