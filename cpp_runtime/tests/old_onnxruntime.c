/* An onnxruntime of long ago, as far as the runtime comes with it. */
#define ORT_API_MANUAL_INIT
#include <onnxruntime_c_api.h>
#include <stddef.h>

static const OrtApi* get_api(uint32_t version) {
    (void)version; /* it has none of those that are asked for */
    return NULL;
}

static const char* get_version(void) {
    return "1.16.3";
}

__attribute__((visibility("default"))) const OrtApiBase* OrtGetApiBase(void) {
    static const OrtApiBase base = {get_api, get_version};
    return &base;
}
