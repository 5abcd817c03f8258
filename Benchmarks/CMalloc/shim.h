// What glibc's allocator says of itself, which Swift's module of glibc leaves out.
#include <malloc.h>
