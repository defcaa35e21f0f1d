/* irkit's C++ runtime, C interface: load a model file (.irk) and run it with onnxruntime.
 *
 *     irkit_model* model = NULL;
 *     irkit_session* session = NULL;
 *     irkit_result* result = NULL;
 *     irkit_error* error = irkit_model_open("digits.irk", NULL, &model);
 *     if (!error) error = irkit_session_create(model, NULL, &session);
 *     if (!error) error = irkit_run(session, &input, 1, &output, 1, NULL, &result);
 *     if (error) { fprintf(stderr, "%s\n", irkit_error_message(error)); irkit_error_free(error); }
 *     ... read output.data ...
 *     irkit_result_free(result); irkit_session_free(session); irkit_model_free(model);
 *
 * Errors. A function that can fail returns an irkit_error*: NULL when it succeeded, else an object that the
 * caller frees. After a failure what the function would have returned through pointers is NULL or unchanged.
 * No C++ exception leaves this library, and it never calls exit or abort over the contents of a file.
 *
 * Structs begin with `struct_size`: set it to sizeof the struct, all else to zero, then what you need (or use
 * the initialisers IRKIT_..._INIT). Fields are only ever appended, so a program keeps working with a newer
 * library. Only irkit_tensor and irkit_value, which are passed in arrays, have none: they never change.
 *
 * Threads. A model and a session may be used by any number of threads at once, also the same one. All other
 * objects belong to one thread at a time. Freeing an object that another thread still uses is the caller's
 * mistake.
 *
 * onnxruntime (1.23 or newer) is loaded from a shared library when the first session is made, and stays
 * loaded until the process ends. A child made by fork() must not use sessions of its parent: their threads
 * are not in it. It may use models, and make sessions if the parent had made none.
 */
#ifndef IRKIT_IRKIT_H
#define IRKIT_IRKIT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(IRKIT_STATIC)
#define IRKIT_API
#else
#define IRKIT_API __attribute__((visibility("default")))
#endif

/* ---------------------------------------------------------------- version */

#define IRKIT_VERSION_NUMBER(major, minor, patch) ((major)*10000u + (minor)*100u + (patch))

/* Version of the library that runs, as IRKIT_VERSION_NUMBER, and as text ("0.1.0"; static storage). */
IRKIT_API uint32_t irkit_version(void);
IRKIT_API const char* irkit_version_string(void);

/* Version of the file format that this library reads. */
IRKIT_API uint32_t irkit_format_version(void);

/* ----------------------------------------------------------------- errors */

typedef struct irkit_error irkit_error;

/* Python's exceptions of the same names. Numbers keep their meaning; new ones may come. */
typedef enum irkit_code {
    IRKIT_OK = 0,
    IRKIT_SHAPE_ERROR = 1,  /* sizes, ranks or dtypes do not fit: the message names input, expected, found */
    IRKIT_GRAPH_ERROR = 2,  /* the program in the file breaks a rule of graphs */
    IRKIT_FORMAT_ERROR = 3, /* the file is not what it says: truncated, damaged, or no model at all */
    IRKIT_LIMIT_ERROR = 4,  /* more than the format or the caller allows */
    IRKIT_ASSUMPTION_ERROR = 5, /* what was true at capture does not hold for these inputs */
    IRKIT_ASSERTION_FAILED = 6, /* an assertion of the model's author failed */
    IRKIT_UNSUPPORTED_ERROR =
        7, /* a newer format, an unknown operator, an onnxruntime that is missing or too old */
    IRKIT_RUNTIME_ERROR = 8, /* onnxruntime refused the model or failed while running it */
    IRKIT_IO_ERROR = 9,      /* the operating system could not open, read or map a file */
    IRKIT_INVALID_ARGUMENT =
        10,               /* a mistake in the call itself: NULL, a wrong count, a buffer that is too small */
    IRKIT_CANCELLED = 11, /* irkit_cancel was called */
    IRKIT_OUT_OF_MEMORY = 12
} irkit_code;

/* All strings are UTF-8, belong to the error, live as long as it does, and are never NULL ("" when unknown).
 */
IRKIT_API irkit_code irkit_error_code(const irkit_error* error);     /* IRKIT_OK for NULL */
IRKIT_API const char* irkit_error_message(const irkit_error* error); /* one line */
IRKIT_API const char* irkit_error_layer(
    const irkit_error* error); /* path of the layer at work, "block/dense" */
IRKIT_API const char* irkit_error_source(
    const irkit_error* error);                          /* where its author wrote it, "model.py:12" */
IRKIT_API void irkit_error_free(irkit_error* error);    /* NULL is allowed */
IRKIT_API const char* irkit_code_name(irkit_code code); /* "ShapeError"; static storage */

/* ---------------------------------------------------------------- tensors */

#define IRKIT_MAX_RANK 32

/* onnx.TensorProto.DataType. */
typedef enum irkit_dtype {
    IRKIT_UNDEFINED = 0,
    IRKIT_FLOAT32 = 1,
    IRKIT_UINT8 = 2,
    IRKIT_INT8 = 3,
    IRKIT_UINT16 = 4,
    IRKIT_INT16 = 5,
    IRKIT_INT32 = 6,
    IRKIT_INT64 = 7,
    IRKIT_STRING = 8,
    IRKIT_BOOL = 9,
    IRKIT_FLOAT16 = 10,
    IRKIT_FLOAT64 = 11,
    IRKIT_UINT32 = 12,
    IRKIT_UINT64 = 13,
    IRKIT_COMPLEX64 = 14,
    IRKIT_COMPLEX128 = 15,
    IRKIT_BFLOAT16 = 16,
    IRKIT_FLOAT8E4M3FN = 17,
    IRKIT_FLOAT8E4M3FNUZ = 18,
    IRKIT_FLOAT8E5M2 = 19,
    IRKIT_FLOAT8E5M2FNUZ = 20,
    IRKIT_UINT4 = 21,
    IRKIT_INT4 = 22,
    IRKIT_FLOAT4E2M1 = 23,
    IRKIT_FLOAT8E8M0 = 24
} irkit_dtype;

IRKIT_API const char* irkit_dtype_name(
    irkit_dtype dtype); /* "float32"; "undefined" for a number that is none */

/* An array in row-major order. 4-bit elements are packed two to a byte, low half first. Strings: `data`
 * points at an array of const char*, one for each element, each ended by NUL. */
typedef struct irkit_tensor {
    irkit_dtype dtype;
    int32_t rank;
    int64_t dims[IRKIT_MAX_RANK]; /* the first `rank` count */
    void* data;                   /* who owns it is said where a tensor is used */
    size_t size;                  /* of `data`, in bytes */
} irkit_tensor;

/* What an input or output is. */
typedef enum irkit_kind {
    IRKIT_KIND_TENSOR = 0,
    IRKIT_KIND_SEQUENCE = 1, /* any number of tensors of one dtype, none too; their shapes may differ */
    IRKIT_KIND_OPTIONAL = 2  /* a tensor, a sequence, or nothing: this version cannot run models with one */
} irkit_kind;

/* A tensor or a sequence of tensors, for irkit_run_values. */
typedef struct irkit_value {
    irkit_kind kind;
    const irkit_tensor* tensors; /* an array of `count`; may be NULL for none. Who owns it is said there */
    size_t count;                /* 1 for a tensor */
} irkit_value;

/* ----------------------------------------------------------------- models */

/* A verified model file. Nothing in it has been run. */
typedef struct irkit_model irkit_model;

typedef enum irkit_verify {
    IRKIT_VERIFY_AUTO = 0,   /* checksum of the weights when they have at most 64 MiB */
    IRKIT_VERIFY_ALWAYS = 1, /* whatever their size */
    IRKIT_VERIFY_NEVER = 2   /* all but the weights is verified even then */
} irkit_verify;

typedef struct irkit_model_options {
    size_t struct_size;
    irkit_verify verify;
} irkit_model_options;
#define IRKIT_MODEL_OPTIONS_INIT \
    { sizeof(irkit_model_options), IRKIT_VERIFY_AUTO }

/* Map the file at `path`. options may be NULL. The file must not be shortened while the model lives: the
 * operating system would end the process. Replace it by renaming another one over it, as irkit's own save
 * does. */
IRKIT_API irkit_error* irkit_model_open(const char* path, const irkit_model_options* options,
                                        irkit_model** model);

/* The same from memory. `data` is borrowed: it must start at a multiple of 64, stay where it is and unchanged
 * until the model and all its sessions are freed. */
IRKIT_API irkit_error* irkit_model_from_memory(const void* data, size_t size,
                                               const irkit_model_options* options, irkit_model** model);

/* The same from a copy, made before the call returns. */
IRKIT_API irkit_error* irkit_model_from_copy(const void* data, size_t size,
                                             const irkit_model_options* options, irkit_model** model);

/* Sessions made from the model keep what they need of it. NULL is allowed. */
IRKIT_API void irkit_model_free(irkit_model* model);

/* Strings below belong to the model and live as long as it does. */

typedef struct irkit_model_info {
    size_t struct_size;
    const char* name;
    const char* producer; /* "irkit 0.1.0" */
    uint32_t opset;       /* of ai.onnx */
    size_t inputs;
    size_t outputs;
    size_t nodes; /* of all graphs */
    size_t tensors;
    size_t samples; /* test vectors in the file */
    uint64_t file_size;
    uint64_t weights_size;
} irkit_model_info;

/* Fills as many fields as info->struct_size has room for. */
IRKIT_API irkit_error* irkit_model_get_info(const irkit_model* model, irkit_model_info* info);

typedef struct irkit_port {
    size_t struct_size;
    const char* name;
    const char* type;             /* for people: "float32[batch, 784]", "sequence(float32[...])" */
    irkit_dtype dtype;            /* of the tensor, or of the tensors in the sequence or optional */
    int32_t is_tensor;            /* whether `kind` is IRKIT_KIND_TENSOR */
    int32_t rank;                 /* -1: not known */
    int64_t dims[IRKIT_MAX_RANK]; /* -1: symbolic */
    const char* structure;        /* where Python's caller gives it, "args[0]"; may be "" */
    irkit_kind kind;
} irkit_port;

/* Input or output `index`. port->struct_size must be sizeof(irkit_port). */
IRKIT_API irkit_error* irkit_model_get_input(const irkit_model* model, size_t index, irkit_port* port);
IRKIT_API irkit_error* irkit_model_get_output(const irkit_model* model, size_t index, irkit_port* port);

/* Entry `index` of the metadata, in order of keys; NULL past the last. For people: irkit does not interpret
 * it. */
IRKIT_API const char* irkit_model_metadata_key(const irkit_model* model, size_t index);
IRKIT_API const char* irkit_model_metadata_value(const irkit_model* model, size_t index);

/* Facts about the inputs that were true at capture, as text; NULL past the last. */
IRKIT_API const char* irkit_model_assumption(const irkit_model* model, size_t index);

/* A test vector of the file: inputs and expected outputs of sample `index` (< info.samples), as many as the
 * model has. `data` points into the model; strings are not supported. */
IRKIT_API irkit_error* irkit_model_get_sample(const irkit_model* model, size_t index, irkit_tensor* inputs,
                                              irkit_tensor* outputs);

/* The onnx.ModelProto that sessions hand to onnxruntime, for those who look for a mistake: weights of 256
 * bytes and more are external data of the location "w", which is the file's WEIGHTS section. *size is its
 * length; it is written to `buffer` when capacity is enough (buffer may be NULL to ask for the length). */
IRKIT_API irkit_error* irkit_model_write_onnx(const irkit_model* model, void* buffer, size_t capacity,
                                              size_t* size);

/* --------------------------------------------------------------- sessions */

/* A model ready to run. */
typedef struct irkit_session irkit_session;

typedef enum irkit_optimization {
    IRKIT_OPTIMIZE_ALL = 0, /* onnxruntime's default: the slowest start, the fastest runs */
    IRKIT_OPTIMIZE_EXTENDED = 1,
    IRKIT_OPTIMIZE_BASIC = 2,
    IRKIT_OPTIMIZE_NONE = 3
} irkit_optimization;

typedef enum irkit_log_level {
    IRKIT_LOG_VERBOSE,
    IRKIT_LOG_INFO,
    IRKIT_LOG_WARNING,
    IRKIT_LOG_ERROR,
    IRKIT_LOG_FATAL
} irkit_log_level;

/* Called from any thread; `message` lives during the call. Must not throw or call irkit. */
typedef void (*irkit_log_function)(void* user, irkit_log_level level, const char* message);

typedef struct irkit_session_options {
    size_t struct_size;
    const char* library;        /* path of onnxruntime's shared library; NULL: the environment variable
                                   IRKIT_ONNXRUNTIME_LIBRARY, then libonnxruntime.so.1 where the system finds it. The
                                   first session of the process decides; another path later is an error */
    int32_t threads;            /* that work on one call; 0: one for each core */
    int32_t disable_prepacking; /* 1: no rearranged copies of weights; less private memory, slower large
                                   products */
    irkit_optimization optimization;
    int32_t disable_arena;     /* 1: give memory back after each call */
    irkit_log_level log_level; /* with `log`: the least important messages that are wanted */
    irkit_log_function log;    /* NULL: onnxruntime's messages are dropped */
    void* log_user;            /* handed to `log`; must live as long as the session */
} irkit_session_options;
#define IRKIT_SESSION_OPTIONS_INIT \
    { sizeof(irkit_session_options), NULL, 0, 0, IRKIT_OPTIMIZE_ALL, 0, IRKIT_LOG_WARNING, NULL, NULL }

/* options may be NULL. With onnxruntime 1.31 or newer the weights are used where the file is mapped, without
 * a copy. */
IRKIT_API irkit_error* irkit_session_create(const irkit_model* model, const irkit_session_options* options,
                                            irkit_session** session);
IRKIT_API void irkit_session_free(irkit_session* session); /* NULL is allowed; not while a call runs */

/* Version of the onnxruntime that was loaded; "" before the first session. Static storage. */
IRKIT_API const char* irkit_onnxruntime_version(void);

/* -------------------------------------------------------------------- run */

/* Owns output buffers that the runtime allocated. */
typedef struct irkit_result irkit_result;
IRKIT_API void irkit_result_free(irkit_result* result); /* NULL is allowed */

/* Stops calls from another thread. */
typedef struct irkit_canceller irkit_canceller;
IRKIT_API irkit_error* irkit_canceller_create(const irkit_session* session, irkit_canceller** canceller);
IRKIT_API irkit_error* irkit_cancel(irkit_canceller* canceller); /* from any thread; stays so until reset */
IRKIT_API irkit_error* irkit_canceller_reset(irkit_canceller* canceller);
IRKIT_API void irkit_canceller_free(irkit_canceller* canceller); /* not while a call uses it */

typedef struct irkit_run_options {
    size_t struct_size;
    irkit_canceller* canceller; /* NULL: cannot be stopped */
} irkit_run_options;
#define IRKIT_RUN_OPTIONS_INIT \
    { sizeof(irkit_run_options), NULL }

/* Run once. `inputs` and `outputs` are in the order of the signature; their counts must be the model's. All
 * of them are tensors here: for a model with sequences there is irkit_run_values.
 *
 * Inputs are checked against the signature: dtype, rank, fixed sizes, equal symbols, constraints. Their
 * `data` is only read, and only during the call.
 *
 * Outputs: for each, either
 *   - data == NULL: the runtime allocates; `data` belongs to *result and lives until irkit_result_free, or
 *   - data and size say a buffer of the caller's, which receives the output (strings cannot). When the
 * output's size follows from those of the inputs, the result is computed right into it, else it is copied.
 * Too small a buffer is IRKIT_INVALID_ARGUMENT. On success dtype, rank, dims, data and size describe the
 * output. After a failure their contents mean nothing.
 *
 * result may be NULL when every output has a buffer of the caller's; otherwise *result is set. options may be
 * NULL. */
IRKIT_API irkit_error* irkit_run(irkit_session* session, const irkit_tensor* inputs, size_t input_count,
                                 irkit_tensor* outputs, size_t output_count, const irkit_run_options* options,
                                 irkit_result** result);

/* The same for models whose inputs and outputs may be sequences of tensors.
 *
 * Inputs: of each, the array `tensors` and the `data` of its tensors are the caller's, only read, and only
 * during the call. Every tensor of a sequence is checked against the signature as a tensor would be.
 *
 * Outputs: `outputs` is an array of the caller's that the call fills, whatever it held. `tensors` and their
 * `data` belong to *result and live until irkit_result_free; until then an output may be an input of another
 * call. After a failure their contents mean nothing.
 *
 * result must not be NULL. options may be NULL. */
IRKIT_API irkit_error* irkit_run_values(irkit_session* session, const irkit_value* inputs, size_t input_count,
                                        irkit_value* outputs, size_t output_count,
                                        const irkit_run_options* options, irkit_result** result);

/* Run the file's test vectors and compare as the file says; the error names sample, output, expected and
 * found. *samples (may be NULL) is their number. A file without any is IRKIT_INVALID_ARGUMENT. */
IRKIT_API irkit_error* irkit_self_test(irkit_session* session, size_t* samples);

#ifdef __cplusplus
}
#endif

#endif /* IRKIT_IRKIT_H */
