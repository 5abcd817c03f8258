#ifndef WEIR_CBROTLI_DECODER_SHIM_H
#define WEIR_CBROTLI_DECODER_SHIM_H

#include <brotli/decode.h>

#endif
