// Prints its arguments, its environment and a file of its own, and ends.
#include <stdio.h>
#include <stdlib.h>

extern char **environ;

int main(int argc, char **argv) {
    printf("hello from wasm\n");
    for (int i = 0; i < argc; i++) printf("argument %d: %s\n", i, argv[i]);
    for (char **variable = environ; *variable != NULL; variable++) printf("%s\n", *variable);

    FILE *file = fopen("note.txt", "w");
    if (file == NULL) {
        perror("note.txt");
        return 1;
    }
    fputs("written and read again\n", file);
    fclose(file);

    char line[64];
    file = fopen("note.txt", "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        perror("note.txt");
        return 1;
    }
    fclose(file);
    fputs(line, stdout);
    return remove("note.txt");
}
