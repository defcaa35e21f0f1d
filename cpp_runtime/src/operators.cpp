#include "operators.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace irkit::inside {
namespace {

constexpr uint16_t many = UINT16_MAX;  // more than limits::kNodePorts

/// All names of the table, one after the other, in the order in which the tables below take them.
constexpr char kText[] =
#define ATTRIBUTE(name, kind, required) name
#include "operator_table.inc"
#undef ATTRIBUTE
#define OPERATOR(domain, name, since, min_in, max_in, needed, omissible, min_out, max_out, first, number) \
    domain name
#include "operator_table.inc"
#undef OPERATOR
    ;
static_assert(sizeof kText <= UINT16_MAX, "TableName holds 16 bits");

/// Gives out the names of kText, first to last.
struct Cutter {
    uint16_t at = 0;

    constexpr TableName next(size_t length) {
        const TableName result{at, static_cast<uint16_t>(length)};
        at = static_cast<uint16_t>(at + length);
        return result;
    }
};

template <class Rule, size_t size>
struct Table {
    Rule rules[size];
    Cutter cutter;  // behind the last name
};

constexpr size_t kAttributeCount = 0
#define ATTRIBUTE(name, kind, required) +1
#include "operator_table.inc"
#undef ATTRIBUTE
    ;
constexpr size_t kOperatorCount = 0
#define OPERATOR(domain, name, since, min_in, max_in, needed, omissible, min_out, max_out, first, number) +1
#include "operator_table.inc"
#undef OPERATOR
    ;

constexpr Table<AttributeRule, kAttributeCount> attribute_table() {
    Table<AttributeRule, kAttributeCount> table{};
    size_t k = 0;
#define ATTRIBUTE(name, kind, required) \
    table.rules[k++] = {table.cutter.next(sizeof(name) - 1), fbs::AttributeKind::kind, required};
#include "operator_table.inc"
#undef ATTRIBUTE
    return table;
}
constexpr auto kAttributeTable = attribute_table();
constexpr const auto& kAttributes = kAttributeTable.rules;

constexpr Table<OperatorRule, kOperatorCount> operator_table() {
    Table<OperatorRule, kOperatorCount> table{};
    table.cutter = kAttributeTable.cutter;
    size_t k = 0;
    TableName domain_name{};
#define OPERATOR(domain, name, since, min_in, max_in, needed, omissible, min_out, max_out, first, number) \
    domain_name = table.cutter.next(sizeof(domain) - 1);                                                  \
    table.rules[k++] = {domain_name, table.cutter.next(sizeof(name) - 1),                                 \
                        min_in,      max_in,                                                              \
                        min_out,     max_out,                                                             \
                        first,       needed,                                                              \
                        omissible,   number,                                                              \
                        since};
#include "operator_table.inc"
#undef OPERATOR
    return table;
}
constexpr auto kOperatorTable = operator_table();
constexpr const auto& kOperators = kOperatorTable.rules;
static_assert(kOperatorTable.cutter.at == sizeof kText - 1, "kText and the tables go through the same names");

/// A bound, or one of the choices, of the attribute of this number.
struct NumberRule {
    uint16_t attribute;
    int32_t number;
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

constexpr size_t letters_of(int32_t) {
    return 0;
}
template <size_t size>
constexpr size_t letters_of(const char (&)[size]) {
    return size - 1;
}
constexpr size_t kChoiceLetters = 0
#define ONE_OF(attribute, choice) +letters_of(choice)
#include "operator_table.inc"
#undef ONE_OF
    ;
constexpr size_t kChoiceCount = 0
#define ONE_OF(attribute, choice) +1
#include "operator_table.inc"
#undef ONE_OF
    ;

/// Choices that are numbers, or texts: of these the number says where in `letters` they stand, and how long.
struct ChoiceTable {
    NumberRule rules[kChoiceCount]{};
    char letters[kChoiceLetters]{};
    size_t count = 0, used = 0;

    constexpr void add(uint16_t attribute, int32_t number) { rules[count++] = {attribute, number}; }

    template <size_t size>
    constexpr void add(uint16_t attribute, const char (&text)[size]) {
        static_assert(size <= 256, "the length has 8 bits");
        add(attribute, static_cast<int32_t>(used << 8 | (size - 1)));
        for (size_t k = 0; k + 1 < size; ++k) letters[used++] = text[k];
    }

    std::string_view text(int32_t number) const {
        return {letters + (number >> 8), static_cast<size_t>(number & 0xff)};
    }
};

constexpr ChoiceTable choice_table() {
    ChoiceTable table{};
#define ONE_OF(attribute, choice) table.add(attribute, choice);
#include "operator_table.inc"
#undef ONE_OF
    return table;
}
constexpr ChoiceTable kChoices = choice_table();

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
    const auto [choice, end] = rules_of(kChoices.rules, attribute);
    const auto is_value = [&](const NumberRule& each) { return static_cast<Number>(each.number) == value; };
    // Written so that NaN is refused.
    return (least == least_end || value >= static_cast<Number>(least->number)) &&
           (most == most_end || value <= static_cast<Number>(most->number)) &&
           (choice == end || std::any_of(choice, end, is_value));
}

bool text_is_allowed(uint16_t attribute, std::string_view value) {
    const auto [choice, end] = rules_of(kChoices.rules, attribute);
    const auto is_value = [&](const NumberRule& each) { return kChoices.text(each.number) == value; };
    return choice == end || std::any_of(choice, end, is_value);
}

}  // namespace

std::string_view TableName::text() const {
    return {kText + offset, length};
}

const AttributeRule* OperatorRule::begin() const {
    return kAttributes + first_attribute;
}
const AttributeRule* OperatorRule::end() const {
    return begin() + attribute_count;
}

const AttributeRule* OperatorRule::attribute(std::string_view wanted) const {
    const auto* found =
        std::find_if(begin(), end(), [&](const AttributeRule& rule) { return rule.name.text() == wanted; });
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
    const auto is_before = [](const OperatorRule& rule, const auto& key) {
        return std::make_tuple(rule.domain.text(), rule.name.text()) < key;
    };
    const auto* found = std::lower_bound(std::begin(kOperators), std::end(kOperators), wanted, is_before);
    const bool exists =
        found != std::end(kOperators) && found->domain.text() == domain && found->name.text() == name;
    return exists ? found : nullptr;
}

}  // namespace irkit::inside
