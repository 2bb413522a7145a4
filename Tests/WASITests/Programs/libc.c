// What an ordinary program does with files, by libc: relative and absolute names, folders, errors.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define EXPECT(condition) do { \
    if (!(condition)) { printf("line %d: %s (errno %d)\n", __LINE__, #condition, errno); bad++; } \
} while (0)

int main(void) {
    int bad = 0;
    FILE *file = fopen("tmp.txt", "w");
    EXPECT(file);
    if (!file) return 1;
    EXPECT(fprintf(file, "This is in %s\n", "a file") == 18);
    EXPECT(fclose(file) == 0);
    char text[64] = "";
    EXPECT((file = fopen("/tmp.txt", "r")));
    EXPECT(fgets(text, sizeof text, file) && strcmp(text, "This is in a file\n") == 0);
    EXPECT(fseek(file, 8, SEEK_SET) == 0 && fgets(text, 4, file) && strcmp(text, "in ") == 0);
    EXPECT(ftell(file) == 11);
    fclose(file);
    EXPECT((file = fopen("tmp.txt", "a")) && fputs("more\n", file) >= 0 && fclose(file) == 0);
    struct stat facts;
    EXPECT(stat("tmp.txt", &facts) == 0 && facts.st_size == 23 && S_ISREG(facts.st_mode));
    EXPECT(mkdir("folder", 0777) == 0 && mkdir("folder", 0777) == -1 && errno == EEXIST);
    EXPECT(rename("tmp.txt", "folder/moved.txt") == 0);
    EXPECT(access("tmp.txt", F_OK) == -1 && errno == ENOENT);
    EXPECT(symlink("moved.txt", "folder/link") == 0);
    EXPECT(lstat("folder/link", &facts) == 0 && S_ISLNK(facts.st_mode));
    EXPECT(stat("folder/link", &facts) == 0 && S_ISREG(facts.st_mode));
    int names = 0;
    DIR *folder = opendir("folder");
    EXPECT(folder);
    for (struct dirent *entry; folder && (entry = readdir(folder));) names++;
    EXPECT(names == 4);
    closedir(folder);
    EXPECT(truncate("folder/moved.txt", 4) == 0 && stat("folder/moved.txt", &facts) == 0);
    EXPECT(facts.st_size == 4);
    EXPECT(rmdir("folder") == -1 && errno == ENOTEMPTY);
    EXPECT(unlink("folder/link") == 0 && unlink("folder/moved.txt") == 0 && rmdir("folder") == 0);
    EXPECT(fopen("nowhere/file", "w") == NULL && errno == ENOENT);
    EXPECT(time(NULL) > 1600000000);
    if (!bad) printf("ok\n");
    return bad;
}
