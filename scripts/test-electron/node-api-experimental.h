/* What node-api-headers leaves out: finalizers that may touch objects, put off until the garbage collection is over. */
#include <node_api.h>
#define NODE_API_EXPERIMENTAL_HAS_POST_FINALIZER
EXTERN_C_START
NAPI_EXTERN napi_status NAPI_CDECL node_api_post_finalizer(
    node_api_basic_env env, napi_finalize finalize, void* data, void* hint);
EXTERN_C_END
