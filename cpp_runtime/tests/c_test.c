/* The C interface from C: errors, versions, NULLs. */
#include <irkit/irkit.h>
#include <stdio.h>
#include <string.h>

#define EXPECT(condition)                                                   \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            return 1;                                                       \
        }                                                                   \
    } while (0)

int main(void) {
    irkit_model* model = NULL;
    irkit_model_options options = IRKIT_MODEL_OPTIONS_INIT;
    irkit_error* error = irkit_model_open("no such file", &options, &model);
    EXPECT(error != NULL && model == NULL);
    EXPECT(irkit_error_code(error) == IRKIT_IO_ERROR);
    EXPECT(strcmp(irkit_code_name(IRKIT_IO_ERROR), "IoError") == 0);
    EXPECT(strstr(irkit_error_message(error), "no such file") != NULL);
    EXPECT(strcmp(irkit_error_layer(error), "") == 0);
    irkit_error_free(error);

    error = irkit_model_from_copy(NULL, 0, NULL, &model);
    EXPECT(irkit_error_code(error) == IRKIT_FORMAT_ERROR);
    irkit_error_free(error);
    error = irkit_model_open(NULL, NULL, &model);
    EXPECT(irkit_error_code(error) == IRKIT_INVALID_ARGUMENT);
    irkit_error_free(error);
    error = irkit_run(NULL, NULL, 0, NULL, 0, NULL, NULL);
    EXPECT(irkit_error_code(error) == IRKIT_INVALID_ARGUMENT);
    irkit_error_free(error);
    error = irkit_run_values(NULL, NULL, 0, NULL, 0, NULL, NULL);
    EXPECT(irkit_error_code(error) == IRKIT_INVALID_ARGUMENT);
    irkit_error_free(error);

    EXPECT(irkit_error_code(NULL) == IRKIT_OK);
    EXPECT(irkit_version() > 0 && irkit_version_string()[0] != '\0' && irkit_format_version() == 1);
    EXPECT(strcmp(irkit_dtype_name(IRKIT_BFLOAT16), "bfloat16") == 0);
    EXPECT(strcmp(irkit_dtype_name((irkit_dtype)99), "undefined") == 0);
    EXPECT(irkit_model_assumption(NULL, 0) == NULL);
    irkit_model_free(NULL);
    irkit_session_free(NULL);
    irkit_result_free(NULL);
    irkit_canceller_free(NULL);
    irkit_error_free(NULL);
    return 0;
}
