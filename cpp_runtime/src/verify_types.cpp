// Inputs, outputs and what is known about their sizes.
#include <unordered_set>

#include "dims.h"
#include "dtype.h"
#include "verify.h"

namespace irkit::inside {
namespace {

/// Names that the ModelProto gives to values within the graph: `_v` or `_w` and digits.
bool is_reserved(std::string_view name) {
    const bool has_prefix = name.size() > 2 && name[0] == '_' && (name[1] == 'v' || name[1] == 'w');
    return has_prefix && name.find_first_not_of("0123456789", 2) == std::string_view::npos;
}

class TypesVerifier {
  public:
    explicit TypesVerifier(const fbs::Program& program) : program_(program) {}

    void run() {
        symbols();
        bound_.resize(count(program_.symbols()));
        ports(program_.inputs(), true);
        ports(program_.outputs(), false);
        for (size_t k = 0; k < bound_.size(); ++k) {
            if (!bound_[k])
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: no input says the size of symbol ", symbol_name(k));
        }
        constraints();
        assumptions();
        states();
    }

  private:
    std::string symbol_name(size_t k) const {
        return quoted(view(program_.symbols()->Get(static_cast<uint32_t>(k))));
    }

    void symbols() {
        std::unordered_set<std::string_view> seen;
        for (const auto* symbol : each(program_.symbols())) {
            const bool is_new = seen.insert(view(symbol)).second;
            if (symbol->size() == 0 || !is_new)
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: symbol ", quoted(view(symbol)), " twice or empty");
        }
    }

    void ports(const flatbuffers::Vector<flatbuffers::Offset<fbs::Port>>* ports, bool bind) {
        for (const fbs::Port* port : each(ports)) {
            const std::string_view name = view(port->name());
            if (name.empty() || is_reserved(name) || !names_.insert(name).second) {
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: name ", quoted(name),
                     " of an input or output is empty, reserved, or given twice");
            }
            type(port->type(), name, bind);
        }
    }

    void type(const fbs::Type* type, std::string_view name, bool bind) {
        if (!type) fail(IRKIT_FORMAT_ERROR, "PROGRAM: ", quoted(name), " has no type");
        const bool kinds =
            type->kind() <= fbs::TypeKind::MAX && type->element_kind() <= fbs::TypeKind::sequence &&
            (type->kind() == fbs::TypeKind::optional || type->element_kind() == fbs::TypeKind::tensor);
        if (!kinds) fail(IRKIT_FORMAT_ERROR, "PROGRAM: ", quoted(name), " is of no known kind");
        if (!is_dtype(static_cast<uint32_t>(type->dtype())))
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: ", quoted(name), " has no known dtype");
        if (!type->has_rank() && count(type->dims()) > 0)
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: ", quoted(name), " has sizes but no rank");
        for (const fbs::Dim* each_dim : each(type->dims())) {
            verify_dim(each_dim, count(program_.symbols()));
            if (constant_of(*each_dim).value_or(0) < 0)
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: ", quoted(name), " has a negative size");
            // Only tensors are there at each call to be measured.
            const auto symbol = symbol_of(*each_dim);
            if (bind && symbol && type->kind() == fbs::TypeKind::tensor) bound_[*symbol] = true;
        }
    }

    void constraints() {
        for (const fbs::Constraint* constraint : each(program_.constraints())) {
            verify_dim(constraint->left(), count(program_.symbols()));
            verify_dim(constraint->right(), count(program_.symbols()));
        }
    }

    void assumptions() {
        for (const fbs::Assumption* assumption : each(program_.assumptions())) {
            number(assumption->input(), -1, count(program_.inputs()), "input of an assumption");
        }
    }

    /// proto/README.md §4a: the ports of states come last, in their order.
    void states() {
        const uint64_t states = count(program_.states());
        std::unordered_set<std::string_view> names;
        for (uint32_t k = 0; k < states; ++k) {
            const fbs::State& state = *program_.states()->Get(k);
            if (count(state.name()) == 0 || !names.insert(view(state.name())).second)
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: a state's name is empty or given twice");
            number(state.initial(), -1, count(program_.tensors()), "tensor of a state");
            const fbs::Port& before = state_port(program_.inputs(), state.input(), states, k);
            const fbs::Port& after = state_port(program_.outputs(), state.output(), states, k);
            state_types(*before.type(), *after.type(), state);
        }
    }

    static const fbs::Port& state_port(const flatbuffers::Vector<flatbuffers::Offset<fbs::Port>>* ports,
                                       int64_t number, uint64_t states, uint32_t k) {
        if (states > count(ports) || number != static_cast<int64_t>(count(ports) - states + k))
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: the ports of states do not come last, in the order of states");
        return *ports->Get(static_cast<uint32_t>(number));
    }

    void state_types(const fbs::Type& before, const fbs::Type& after, const fbs::State& state) const {
        const fbs::Tensor* initial =
            state.initial() < 0 ? nullptr : program_.tensors()->Get(static_cast<uint32_t>(state.initial()));
        bool same = before.kind() == fbs::TypeKind::tensor && after.kind() == before.kind() &&
                    before.has_rank() && after.has_rank() && after.dtype() == before.dtype() &&
                    count(after.dims()) == count(before.dims()) &&
                    (!initial ||
                     (initial->dtype() == before.dtype() && count(initial->dims()) == count(before.dims())));
        for (uint32_t axis = 0; same && axis < count(before.dims()); ++axis) {
            const auto size = constant_of(*before.dims()->Get(axis));
            same = size && size == constant_of(*after.dims()->Get(axis)) &&
                   (!initial || initial->dims()->Get(axis) == *size);
        }
        if (!same)
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: state ", quoted(view(state.name())),
                 " is no tensor of constant sizes, the same before, after and at first");
    }

    static void number(int64_t value, int64_t first, uint64_t end, const char* what) {
        if (value < first || value >= static_cast<int64_t>(end))
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: number ", value, " of the ", what);
    }

    const fbs::Program& program_;
    std::unordered_set<std::string_view> names_;
    std::vector<bool> bound_;
};

}  // namespace

void verify_types(const fbs::Program& program) {
    TypesVerifier(program).run();
}

}  // namespace irkit::inside
