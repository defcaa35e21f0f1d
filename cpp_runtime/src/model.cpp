#include "model.h"

#include "dims.h"
#include "verify.h"

namespace irkit::inside {
namespace {

std::vector<std::string> type_texts(const flatbuffers::Vector<flatbuffers::Offset<fbs::Port>>* ports,
                                    const fbs::Program& program) {
    std::vector<std::string> result;
    for (const fbs::Port* port : each(ports)) result.push_back(to_text(*port->type(), program));
    return result;
}

}  // namespace

Model::Model(std::unique_ptr<Memory> owned, irkit_verify verify)
    : memory(std::move(owned)),
      container(read_container(memory->bytes(), verify)),
      program(verify_program(container)),
      input_types(type_texts(program->inputs(), *program)),
      output_types(type_texts(program->outputs(), *program)) {
    for (const fbs::Graph* graph : each(program->graphs())) node_count += count(graph->nodes());
    if (container.vectors.size() > 0) read_samples(*this);
}

}  // namespace irkit::inside
