// Does nothing for ever.
#include <unistd.h>

int main(void) {
    for (;;) sleep(3600);
}
