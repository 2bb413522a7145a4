// A library: `base` is set by its constructor, which `_initialize` calls.
static int base;

__attribute__((constructor)) static void initialize(void) { base = 100; }

__attribute__((export_name("add"))) int add(int a, int b) { return base + a + b; }

__attribute__((export_name("half"))) double half(double value) { return value / 2; }
