#ifndef WEIR_CBROTLI_SHIM_H
#define WEIR_CBROTLI_SHIM_H

#include <brotli/encode.h>

#endif
