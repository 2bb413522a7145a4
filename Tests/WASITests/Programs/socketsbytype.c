// The same calls, where the number of parameters says which form is meant.
#define BY_TYPE
#include "socketssecond.c"
