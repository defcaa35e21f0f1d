#include "model.h"

#include "dims.h"
#include "format_limits.h"
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

Model::Model(std::unique_ptr<Memory> owned, const irkit_model_options& options)
    : memory(std::move(owned)),
      container(read_container(memory->bytes(), options.verify)),
      program(verify_program(container)),
      states(count(program->states())),
      inputs(count(program->inputs()) - states),
      outputs(count(program->outputs()) - states),
      signature(*program, inputs),
      input_types(type_texts(program->inputs(), *program)),
      output_types(type_texts(program->outputs(), *program)) {
    for (const fbs::Graph* graph : each(program->graphs())) node_count += count(graph->nodes());
    if (options.max_nodes > 0) limits::check("PROGRAM: nodes", node_count, options.max_nodes);
    if (container.vectors.size() > 0) read_samples(*this);
}

Bytes Model::tensor_data(int32_t number) const {
    const fbs::Tensor& tensor = *program->tensors()->Get(static_cast<uint32_t>(number));
    return container.weights.slice(tensor.offset(), tensor.length());
}

}  // namespace irkit::inside
