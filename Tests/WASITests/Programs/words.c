// Prints its arguments and its environment.
#include <stdio.h>
extern char **environ;

int main(int count, char **words) {
    for (int i = 0; i < count; i++) printf("argument %s\n", words[i]);
    for (char **entry = environ; *entry; entry++) printf("variable %s\n", *entry);
    return 0;
}
