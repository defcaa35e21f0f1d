// Inputs, outputs and what is known about their sizes.
#include <unordered_set>

#include "dims.h"
#include "dtype.h"
#include "format_limits.h"
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
    TypesVerifier(const fbs::Program& program, Budget& budget) : program_(program), budget_(budget) {}

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
        limits::check("PROGRAM: symbols", count(program_.symbols()), limits::kSymbols);
        budget_.take(program_.symbols());
        std::unordered_set<std::string_view> seen;
        for (const auto* symbol : each(program_.symbols())) {
            verify_text(view(symbol), limits::kName, "PROGRAM: name of a symbol", budget_);
            const bool is_new = seen.insert(view(symbol)).second;
            if (symbol->size() == 0 || !is_new)
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: symbol ", quoted(view(symbol)), " twice or empty");
        }
    }

    void ports(const flatbuffers::Vector<flatbuffers::Offset<fbs::Port>>* ports, bool bind) {
        limits::check("PROGRAM: inputs or outputs", count(ports), limits::kPorts);
        budget_.take(ports);
        for (const fbs::Port* port : each(ports)) {
            const std::string_view name = view(port->name());
            verify_text(name, limits::kName, "PROGRAM: name of an input or output", budget_);
            verify_text(view(port->structure()), limits::kText, "PROGRAM: structure of an input or output",
                        budget_);
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
        limits::check("PROGRAM: rank", count(type->dims()), limits::kRank);
        budget_.take(type->dims());
        for (const fbs::Dim* each_dim : each(type->dims())) {
            dim(each_dim);
            if (constant_of(*each_dim).value_or(0) < 0)
                fail(IRKIT_FORMAT_ERROR, "PROGRAM: ", quoted(name), " has a negative size");
            // Only tensors are there at each call to be measured.
            const auto symbol = symbol_of(*each_dim);
            if (bind && symbol && type->kind() == fbs::TypeKind::tensor) bound_[*symbol] = true;
        }
    }

    void dim(const fbs::Dim* dim) {
        verify_dim(dim, count(program_.symbols()));
        budget_.take(dim->tokens()->size() * sizeof(fbs::DimToken));
    }

    void constraints() {
        limits::check("PROGRAM: constraints", count(program_.constraints()), limits::kFacts);
        budget_.take(program_.constraints());
        for (const fbs::Constraint* constraint : each(program_.constraints())) {
            dim(constraint->left());
            dim(constraint->right());
            verify_text(view(constraint->origin()), limits::kText, "PROGRAM: origin of a constraint",
                        budget_);
        }
    }

    void assumptions() {
        limits::check("PROGRAM: assumptions", count(program_.assumptions()), limits::kFacts);
        budget_.take(program_.assumptions());
        for (const fbs::Assumption* assumption : each(program_.assumptions())) {
            verify_text(view(assumption->text()), limits::kText, "PROGRAM: an assumption", budget_);
            number(assumption->input(), -1, count(program_.inputs()), "input of an assumption");
        }
    }

    void states() {
        limits::check("PROGRAM: states", count(program_.states()), limits::kPorts);
        budget_.take(program_.states());
        for (const fbs::State* state : each(program_.states())) {
            verify_text(view(state->name()), limits::kName, "PROGRAM: name of a state", budget_);
            if (count(state->name()) == 0) fail(IRKIT_FORMAT_ERROR, "PROGRAM: a state without a name");
            number(state->input(), 0, count(program_.inputs()), "input of a state");
            number(state->output(), 0, count(program_.outputs()), "output of a state");
            number(state->initial(), -1, count(program_.tensors()), "tensor of a state");
        }
    }

    static void number(int64_t value, int64_t first, uint64_t end, const char* what) {
        if (value < first || value >= static_cast<int64_t>(end))
            fail(IRKIT_FORMAT_ERROR, "PROGRAM: number ", value, " of the ", what);
    }

    const fbs::Program& program_;
    Budget& budget_;
    std::unordered_set<std::string_view> names_;
    std::vector<bool> bound_;
};

}  // namespace

void verify_types(const fbs::Program& program, Budget& budget) {
    TypesVerifier(program, budget).run();
}

}  // namespace irkit::inside
