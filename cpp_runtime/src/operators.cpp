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

/// A bound, or one of the choices, of the attribute of this number.
struct NumberRule {
    uint16_t attribute;
    int64_t number;
};

/// A choice that is a text or a number.
struct Choice {
    constexpr Choice(uint16_t attribute, int64_t number) : attribute(attribute), number(number) {}
    constexpr Choice(uint16_t attribute, std::string_view text) : attribute(attribute), text(text) {}

    uint16_t attribute;
    int64_t number = 0;
    std::string_view text;
};

constexpr NumberRule kLeast[] = {
#define AT_LEAST(attribute, number) {attribute, number},
#include "operator_table.inc"
#undef AT_LEAST
};

constexpr NumberRule kMost[] = {
#define AT_MOST(attribute, number) {attribute, number},
#include "operator_table.inc"
#undef AT_MOST
};

constexpr Choice kChoices[] = {
#define ONE_OF(attribute, choice) {attribute, choice},
#include "operator_table.inc"
#undef ONE_OF
};

/// The rules of one attribute; each table is in the order of attributes.
template <class Rule, size_t size>
std::pair<const Rule*, const Rule*> rules_of(const Rule (&rules)[size], uint16_t attribute) {
    const auto is_before = [](const Rule& rule, uint16_t number) { return rule.attribute < number; };
    const Rule* first = std::lower_bound(std::begin(rules), std::end(rules), attribute, is_before);
    const Rule* last =
        std::lower_bound(first, std::end(rules), static_cast<uint16_t>(attribute + 1), is_before);
    return {first, last};
}

template <class Number>
bool number_is_allowed(uint16_t attribute, Number value) {
    const auto [least, least_end] = rules_of(kLeast, attribute);
    const auto [most, most_end] = rules_of(kMost, attribute);
    const auto [choice, end] = rules_of(kChoices, attribute);
    const auto is_value = [&](const Choice& each) { return static_cast<Number>(each.number) == value; };
    // Written so that NaN is refused.
    return (least == least_end || value >= static_cast<Number>(least->number)) &&
           (most == most_end || value <= static_cast<Number>(most->number)) &&
           (choice == end || std::any_of(choice, end, is_value));
}

bool text_is_allowed(uint16_t attribute, std::string_view value) {
    const auto [choice, end] = rules_of(kChoices, attribute);
    return choice == end || std::any_of(choice, end, [&](const Choice& each) { return each.text == value; });
}

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

bool OperatorRule::allows(const AttributeRule& rule, const fbs::Attribute& attribute) {
    const auto number = static_cast<uint16_t>(&rule - kAttributes);
    const auto is_allowed = [&](auto value) { return number_is_allowed(number, value); };
    const auto is_text_allowed = [&](const fbs::Bytes* value) {
        return text_is_allowed(number, view(value->data()));
    };
    const auto all = [](const auto* list, auto check) {
        const auto elements = each(list);
        return std::all_of(elements.begin(), elements.end(), check);
    };
    switch (rule.kind) {
        case fbs::AttributeKind::int_:
            return is_allowed(attribute.i());
        case fbs::AttributeKind::float_:
            return is_allowed(attribute.f());
        case fbs::AttributeKind::string:
            return text_is_allowed(number, view(attribute.s()));
        case fbs::AttributeKind::ints:
            return all(attribute.ints(), is_allowed);
        case fbs::AttributeKind::floats:
            return all(attribute.floats(), is_allowed);
        case fbs::AttributeKind::strings:
            return all(attribute.strings(), is_text_allowed);
        default:
            return true;
    }
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
