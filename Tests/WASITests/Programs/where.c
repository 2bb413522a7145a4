// Tells where relative and absolute paths lead: for each argument, the first line of that file.
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words) {
    for (int i = 1; i < count; i++) {
        char line[64] = "nothing";
        FILE *file = fopen(words[i], "r");
        if (file && !fgets(line, sizeof line, file)) puts("empty");
        printf("%s: %s\n", words[i], line);
    }
    const char *start = getenv("PWD");
    printf("PWD: %s\n", start ? start : "none");
    return 0;
}
