/* Load a model file and run it on zeros, in plain C:
 *
 *     cmake --install build --prefix PREFIX
 *     export PKG_CONFIG_PATH=PREFIX/lib/pkgconfig
 *     cc run_model.c $(pkg-config --cflags --libs irkit) -o run_model && ./run_model digits.irk
 */
#include <irkit/irkit.h>
#include <stdio.h>
#include <stdlib.h>

/* Zeros of the port's dtype; an open size, like the batch, is 1 here. NULL data when there is no memory. */
static irkit_tensor zeros_for(const irkit_port* port) {
    irkit_tensor tensor = {0};
    size_t count = 1;
    tensor.dtype = port->dtype;
    tensor.rank = port->rank;
    for (int32_t axis = 0; axis < port->rank; ++axis) {
        tensor.dims[axis] = port->dims[axis] < 0 ? 1 : port->dims[axis];
        count *= (size_t)tensor.dims[axis];
    }
    tensor.size = count * sizeof(float);
    tensor.data = calloc(count > 0 ? count : 1, sizeof(float));
    return tensor;
}

static void print(const irkit_tensor* output) {
    const float* values = output->data;
    for (size_t k = 0; k < output->size / sizeof *values; ++k) printf("%g ", (double)values[k]);
    printf("\n");
}

static irkit_error* run(const char* path) {
    irkit_model* model = NULL;
    irkit_session* session = NULL;
    irkit_result* result = NULL;
    irkit_port port = {0};
    irkit_tensor input = {0}, output = {0};
    irkit_error* error = irkit_model_open(path, NULL, &model);
    port.struct_size = sizeof port;
    if (!error) error = irkit_model_get_input(model, 0, &port);
    if (!error) error = irkit_session_create(model, NULL, &session);
    if (!error) input = zeros_for(&port);
    if (!error) error = irkit_run(session, &input, 1, &output, 1, NULL, &result);
    if (!error) print(&output);
    free(input.data);
    irkit_result_free(result);
    irkit_session_free(session);
    irkit_model_free(model);
    return error;
}

int main(int argc, char** argv) {
    irkit_error* error = run(argc > 1 ? argv[1] : "model.irk");
    if (!error) return 0;
    fprintf(stderr, "%s: %s\n", irkit_code_name(irkit_error_code(error)), irkit_error_message(error));
    irkit_error_free(error);
    return 1;
}
