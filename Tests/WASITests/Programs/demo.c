// What WasmEdge's first demo does: random numbers, a line, its words, and a file below the root.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
extern char **environ;

int main(int count, char **words) {
    unsigned char bytes[128];
    int number;
    if (getentropy(&number, sizeof number) || getentropy(bytes, sizeof bytes)) return 1;
    printf("Random number: %d\nRandom bytes: [", number);
    for (int i = 0; i < 128; i++) printf(i ? ", %d" : "%d", bytes[i]);
    printf("]\nPrinted from wasi: This is from a main function\nThis is from a main function\n");
    printf("The env vars are as follows.\n");
    for (char **entry = environ; *entry; entry++) {
        char *mark = strchr(*entry, '=');
        printf("%.*s: %s\n", (int)(mark - *entry), *entry, mark + 1);
    }
    printf("The args are as follows.\n");
    for (int i = 0; i < count; i++) printf("%s\n", words[i]);
    FILE *file = fopen("tmp.txt", "w");
    if (!file) abort();
    fputs("This is in a file", file);
    fclose(file);
    char text[64] = "";
    file = fopen("tmp.txt", "r");
    if (!file || !fgets(text, sizeof text, file)) abort();
    fclose(file);
    printf("File content is %s\n", text);
    return unlink("tmp.txt");
}
