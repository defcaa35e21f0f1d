// The closed table of operators: what a PROGRAM may call, and how. operator_table.inc is generated from the
// Python registry. Ranges of attributes are in it too: onnxruntime trusts them, and some of its kernels die
// of wrong ones.
#pragma once

#include <cstdint>
#include <string_view>

#include "fbs.h"

namespace irkit::inside {

/// A name in the table, as a place in one long text: a pointer would cost a relocation when the library is
/// loaded.
struct TableName {
    uint16_t offset;
    uint16_t length;

    std::string_view text() const;
};

struct AttributeRule {
    TableName name;
    fbs::AttributeKind kind;
    bool required;
};

struct OperatorRule {
    TableName domain, name;
    uint16_t min_inputs, max_inputs;
    uint16_t min_outputs, max_outputs;
    uint16_t first_attribute;
    uint8_t first_omissible, omissible_end;  // inputs that may be omitted
    uint8_t attribute_count;
    uint8_t since;  // the lowest opset of ai.onnx in which it means what irkit means

    /// NULL when the operator has no such attribute.
    const AttributeRule* attribute(std::string_view name) const;
    const AttributeRule* begin() const;
    const AttributeRule* end() const;

    /// Whether the attribute's value, or each element of a list, lies in the range that the operator allows.
    static bool allows(const AttributeRule& rule, const fbs::Attribute& attribute);
};

/// NULL when the table has no such operator. The result is never freed.
const OperatorRule* find_operator(std::string_view domain, std::string_view name);

}  // namespace irkit::inside
