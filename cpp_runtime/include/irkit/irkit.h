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
 * loaded until the process ends: its threads may outlive static destructors, so it is never taken down.
 *
 * fork(). A child must not use sessions, nor free them: their threads and perhaps held locks are not in it.
 * It may use models of its parent, and make sessions of its own if the parent had made none: so a server
 * opens its models, forks, and then makes sessions; the processes share the weights. exec() in the child is
 * always fine.
 *
 * Names and texts that come from a file are UTF-8 without NUL, and else whatever its author wrote.
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

/* How this library was built, for bug reports: "irkit 0.1.0, format 1, onnxruntime 1.23 or newer, ...";
 * static storage. */
IRKIT_API const char* irkit_build_info(void);

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
    IRKIT_OUT_OF_MEMORY = 12,
    IRKIT_TIMEOUT = 13 /* the time given for the call was over */
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
    IRKIT_KIND_OPTIONAL = 2  /* of a port: a tensor, or a sequence, or nothing. Of a value: nothing */
} irkit_kind;

/* A tensor, a sequence of tensors, or nothing for a port that is optional; for irkit_run_values. */
typedef struct irkit_value {
    irkit_kind kind;
    const irkit_tensor* tensors; /* an array of `count`; may be NULL for none. Who owns it is said there */
    size_t count;                /* 1 for a tensor, 0 for nothing */
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
    uint64_t max_file_size; /* a longer file is a LimitError, before it is read; 0: the format's own limits */
    uint64_t max_nodes;     /* of all graphs together; 0: the format's own limit */
} irkit_model_options;
#define IRKIT_MODEL_OPTIONS_INIT \
    { sizeof(irkit_model_options), IRKIT_VERIFY_AUTO, 0, 0 }

/* Map the file at `path`. options may be NULL. The file must not be shortened while the model lives: the
 * operating system would end the process. Replace it by renaming another one over it, as irkit's own save
 * does. */
IRKIT_API irkit_error* irkit_model_open(const char* path, const irkit_model_options* options,
                                        irkit_model** model);

/* The same of an open file, from its start, whatever its position. `fd` stays the caller's and may be closed
 * after the call. */
IRKIT_API irkit_error* irkit_model_open_fd(int fd, const irkit_model_options* options, irkit_model** model);

/* The same from memory. `data` is borrowed: it must start at a multiple of 64, stay where it is and unchanged
 * until the model and all its sessions are freed. */
IRKIT_API irkit_error* irkit_model_from_memory(const void* data, size_t size,
                                               const irkit_model_options* options, irkit_model** model);

/* The same from a copy, made before the call returns. */
IRKIT_API irkit_error* irkit_model_from_copy(const void* data, size_t size,
                                             const irkit_model_options* options, irkit_model** model);

/* The same from memory that the model takes over: release(user, data, size) is called once, from any thread,
 * when the model and all its sessions are freed, and before this call returns if it fails. `data` as for
 * irkit_model_from_memory. */
typedef void (*irkit_release_function)(void* user, void* data, size_t size);
IRKIT_API irkit_error* irkit_model_from_owned(void* data, size_t size, irkit_release_function release,
                                              void* user, const irkit_model_options* options,
                                              irkit_model** model);

/* Sessions made from the model keep what they need of it. NULL is allowed. */
IRKIT_API void irkit_model_free(irkit_model* model);

/* Strings below belong to the model and live as long as it does. */

typedef struct irkit_model_info {
    size_t struct_size;
    const char* name;
    const char* producer; /* "irkit 0.1.0" */
    uint32_t opset;       /* of ai.onnx */
    size_t inputs;        /* that a caller gives; states are not counted */
    size_t outputs;
    size_t nodes; /* of all graphs */
    size_t tensors;
    size_t samples; /* test vectors in the file */
    uint64_t file_size;
    uint64_t weights_size;
    size_t states;      /* tensors that a session keeps from call to call */
    size_t symbols;     /* names of sizes, as "batch" */
    size_t constraints; /* between sizes */
    size_t assumptions;
    size_t metadata; /* entries */
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

/* Input, output or state `index`: fills as many fields as port->struct_size has room for. */
IRKIT_API irkit_error* irkit_model_get_input(const irkit_model* model, size_t index, irkit_port* port);
IRKIT_API irkit_error* irkit_model_get_output(const irkit_model* model, size_t index, irkit_port* port);
IRKIT_API irkit_error* irkit_model_get_state(const irkit_model* model, size_t index, irkit_port* port);

/* Functions with `buffer`, `capacity` and `size` give a text or bytes: *size is its length (texts: without
 * the NUL at the end). It is written to `buffer` when `capacity` is enough (texts: for the NUL too); buffer
 * may be NULL to ask for the length. */

/* Size `axis` of input (or, with is_output, output) `index` as text: "batch", "784", "(width + 1)//2". */
IRKIT_API irkit_error* irkit_model_get_dim(const irkit_model* model, int32_t is_output, size_t index,
                                           size_t axis, char* buffer, size_t capacity, size_t* size);

/* Name of symbol `index` of the sizes; NULL past the last. */
IRKIT_API const char* irkit_model_symbol(const irkit_model* model, size_t index);

/* Constraint `index` as text: "batch == batch_1 (model.py:12)". Every call checks that all of them hold. */
IRKIT_API irkit_error* irkit_model_get_constraint(const irkit_model* model, size_t index, char* buffer,
                                                  size_t capacity, size_t* size);

/* What the outputs will be for these inputs, of which dtype, rank and dims are looked at, and refused as
 * irkit_run would: sets dtype, rank, dims and size (bytes of a buffer that is large enough; strings: 0) of
 * each output, `data` is left alone. rank is -1 where it depends on more than the sizes of the inputs. For
 * models of tensors only. */
IRKIT_API irkit_error* irkit_model_infer_outputs(const irkit_model* model, const irkit_tensor* inputs,
                                                 size_t input_count, irkit_tensor* outputs,
                                                 size_t output_count);

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
 * bytes and more are external data of the location "w", which is the file's WEIGHTS section. */
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
    int32_t disable_arena;         /* 1: give memory back after each call */
    irkit_log_level log_level;     /* with `log`: the least important messages that are wanted */
    irkit_log_function log;        /* NULL: onnxruntime's messages are dropped */
    void* log_user;                /* handed to `log`; must live as long as the session */
    const char* provider;          /* an execution provider of this onnxruntime that goes before its CPU's, as
                                      SessionOptionsAppendExecutionProvider names it ("XNNPACK"); NULL: none */
    int32_t disable_spinning;      /* 1: idle threads sleep at once; less work for the CPU, slower calls */
    int32_t profile;               /* 1: measure each node until irkit_session_end_profile; slower calls */
    uint64_t timeout_microseconds; /* for making the session, looked at between steps; 0: none */
} irkit_session_options;
#define IRKIT_SESSION_OPTIONS_INIT                                                                       \
    {                                                                                                    \
        sizeof(irkit_session_options), NULL, 0, 0, IRKIT_OPTIMIZE_ALL, 0, IRKIT_LOG_WARNING, NULL, NULL, \
            NULL, 0, 0, 0                                                                                \
    }

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

/* Stops calls from another thread: all that were given it, and until it is reset all that will be. A call,
 * also one inside a loop without end, stops before its next node; a node at work is not interrupted. One
 * canceller may serve any number of calls and sessions at once. */
typedef struct irkit_canceller irkit_canceller;
IRKIT_API irkit_error* irkit_canceller_create(irkit_canceller** canceller);
IRKIT_API irkit_error* irkit_cancel(
    irkit_canceller* canceller); /* from any thread, not from a signal handler */
IRKIT_API irkit_error* irkit_canceller_reset(irkit_canceller* canceller);
IRKIT_API void irkit_canceller_free(irkit_canceller* canceller); /* not while a call uses it */

typedef struct irkit_run_options {
    size_t struct_size;
    irkit_canceller* canceller;    /* NULL: cannot be stopped */
    uint64_t timeout_microseconds; /* then the call ends with IRKIT_TIMEOUT; 0: none */
} irkit_run_options;
#define IRKIT_RUN_OPTIONS_INIT \
    { sizeof(irkit_run_options), NULL, 0 }

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

/* The same for models whose inputs and outputs may be sequences of tensors, or optional. For an optional port
 * give a value of what it holds, or one of IRKIT_KIND_OPTIONAL and count 0 for nothing; outputs come the same
 * way.
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

/* States: tensors that a session keeps from call to call, by name. A new session holds those of the file.
 * Calls of a session with states come one after the other, and replace them only when they succeed: after an
 * error, a timeout or a cancellation they are what they were. Other sessions of the model have their own.
 *
 * get: a copy, whose `data` belongs to *result. set: dtype and dims must be those of the state; `data` is
 * copied. Both wait for a call at work. */
IRKIT_API irkit_error* irkit_session_get_state(irkit_session* session, const char* name, irkit_tensor* value,
                                               irkit_result** result);
IRKIT_API irkit_error* irkit_session_set_state(irkit_session* session, const char* name,
                                               const irkit_tensor* value);
IRKIT_API irkit_error* irkit_session_reset_states(irkit_session* session); /* those of the file */

/* -------------------------------------------------------------- profiling */

/* What the nodes of a session took. */
typedef struct irkit_profile irkit_profile;

typedef struct irkit_node_time {
    size_t struct_size;
    const char* op;     /* what onnxruntime made of the node, or of several together: "FusedGemm" */
    const char* layer;  /* path of the layer that made it; "" when it comes from onnxruntime */
    const char* source; /* "model.py:12"; "" when not known */
    uint64_t calls;
    uint64_t microseconds; /* of all calls together; a node with sub-graphs includes theirs */
} irkit_node_time;

/* Ends the profiling of a session that was made with options.profile, and returns what it measured. The
 * session goes on without. Later calls are IRKIT_INVALID_ARGUMENT. (onnxruntime measures by writing a file:
 * it stands in a folder of its own in $TMPDIR, or /tmp, until then.) */
IRKIT_API irkit_error* irkit_session_end_profile(irkit_session* session, irkit_profile** profile);
IRKIT_API size_t irkit_profile_count(const irkit_profile* profile); /* 0 for NULL */
/* The slowest first. Strings live as long as the profile. */
IRKIT_API irkit_error* irkit_profile_get(const irkit_profile* profile, size_t index, irkit_node_time* time);
IRKIT_API void irkit_profile_free(irkit_profile* profile); /* NULL is allowed */

/* ------------------------------------------------------------------- test */

/* Run the file's test vectors, each from the states of the file, and compare as the file says; the error
 * names sample, output, expected and found. *samples (may be NULL) is their number. A file without any is
 * IRKIT_INVALID_ARGUMENT. */
IRKIT_API irkit_error* irkit_self_test(irkit_session* session, size_t* samples);

#ifdef __cplusplus
}
#endif

#endif /* IRKIT_IRKIT_H */
