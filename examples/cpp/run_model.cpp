// Load a model file and run it on zeros:  ./run_model digits.irk
#include <iostream>
#include <irkit/irkit.hpp>

int main(int argc, char** argv) try {
    const irkit::Model model(argc > 1 ? argv[1] : "model.irk");
    const irkit::Session session(model);

    const irkit_port port = model.input(0);
    std::vector<int64_t> dims(port.dims, port.dims + port.rank);
    size_t count = 1;
    for (int64_t& dim : dims) count *= dim = dim < 0 ? 1 : dim;  // a free size, like the batch, is 1 here
    const std::vector<float> zeros(count);

    const irkit::Outputs outputs = session.run({irkit::tensor(zeros.data(), dims)});
    std::cout << model.output(0).name << ": " << model.output(0).type << '\n';
    for (const float value : outputs[0].values<float>()) std::cout << value << ' ';
    std::cout << '\n';
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
