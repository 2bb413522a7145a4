// Every path function: bad descriptors, bad paths, and what Linux says of files, folders and links.
#include "table.h"

static uint8_t room[64];
static __wasi_filestat_t facts;
static __wasi_size_t count;
static __wasi_fd_t opened;

static __wasi_errno_t open_path(__wasi_fd_t folder, const char *path, int follow, int flags, __wasi_rights_t rights) {
    __wasi_errno_t error = __wasi_path_open(
        folder, (__wasi_lookupflags_t)follow, path, (__wasi_oflags_t)flags, rights, 0, 0, &opened);
    if (error == 0) OK(__wasi_fd_close(opened));
    return error;
}

// One row for each function, with the same path or the same descriptor for all.
static void each(const char *what, __wasi_fd_t folder, const char *path, const int wanted[10]) {
    ROW("path_open", what, open_path(folder, path, 0, 0, READ), wanted[0]);
    ROW("path_create_directory", what, __wasi_path_create_directory(folder, path), wanted[1]);
    ROW("path_filestat_get", what, __wasi_path_filestat_get(folder, 0, path, &facts), wanted[2]);
    ROW("path_filestat_set_times", what, __wasi_path_filestat_set_times(folder, 0, path, 1, 1, 5), wanted[3]);
    ROW("path_link", what, __wasi_path_link(folder, 0, path, folder, "fresh"), wanted[4]);
    ROW("path_readlink", what, __wasi_path_readlink(folder, path, room, sizeof room, &count), wanted[5]);
    ROW("path_remove_directory", what, __wasi_path_remove_directory(folder, path), wanted[6]);
    ROW("path_rename", what, __wasi_path_rename(folder, path, folder, "fresh"), wanted[7]);
    ROW("path_symlink", what, __wasi_path_symlink("file", folder, path), wanted[8]);
    ROW("path_unlink_file", what, __wasi_path_unlink_file(folder, path), wanted[9]);
}

static void all(const char *what, __wasi_fd_t folder, const char *path, int wanted) {
    int row[10];
    for (int i = 0; i < 10; i++) row[i] = wanted;
    each(what, folder, path, row);
}

static void everywhere(void) {
    char name[300], path[5000];
    memset(name, 'n', sizeof name);
    name[299] = 0;
    memset(path, 'p', sizeof path);
    for (int i = 9; i < 5000; i += 10) path[i] = '/';
    path[4999] = 0;
    __wasi_fd_t file = with_rights("file", ALL), nothing = with_rights("folder", 0);
    all("what is not open", NOWHERE, "file", E(BADF));
    all("a stream for a folder", 1, "file", E(NOTDIR));
    all("a file for a folder", file, "x", E(NOTDIR));
    all("a folder without rights", nothing, "inner", E(NOTCAPABLE));
    all("an empty path", ROOT, "", E(NOENT));
    all("a path that is too long", ROOT, path, E(NAMETOOLONG));
    all("a name that is too long", ROOT, name, E(NAMETOOLONG));
    all("no UTF-8", ROOT, "a\xff", E(ILSEQ));
    all("an absolute path", ROOT, "/file", E(NOTCAPABLE));
    all("out of the folder", ROOT, "../file", E(NOTCAPABLE));
    all("out and in again", ROOT, "folder/../../x", E(NOTCAPABLE));
    all("behind a file", ROOT, "file/x", E(NOTDIR));
    all("behind a link in a circle", ROOT, "circle/x", E(LOOP));
    all("behind a link that leads out", ROOT, "out/x", E(NOTCAPABLE));
    each("behind nothing", ROOT, "none/x", (int[]){
        E(NOENT), E(NOENT), E(NOENT), E(NOENT), E(NOENT), E(NOENT), E(NOENT), E(NOENT), E(NOENT), E(NOENT)});
    each("nothing", ROOT, "none", (int[]){
        E(NOENT), 0, 0, 0, E(PERM), E(INVAL), 0, E(NOENT), 0, 0});
    each("the folder itself", ROOT, ".", (int[]){
        0, E(INVAL), 0, 0, E(INVAL), E(INVAL), E(INVAL), E(INVAL), E(INVAL), E(INVAL)});
    each("a file with a slash", ROOT, "file/", (int[]){
        E(NOTDIR), E(EXIST), E(NOTDIR), E(NOTDIR), E(NOTDIR), E(NOTDIR), E(NOTDIR), E(NOTDIR), E(EXIST), E(NOTDIR)});
}

static void opening(void) {
    ROW("path_open", "a file", open_path(ROOT, "file", 0, 0, READ | WRITE), 0);
    ROW("path_open", "a file that is there, as new", open_path(ROOT, "file", 0, 5, READ), E(EXIST));
    ROW("path_open", "a file as a folder", open_path(ROOT, "file", 0, 2, READ), E(NOTDIR));
    ROW("path_open", "a folder for writing", open_path(ROOT, "folder", 0, 2, READ | WRITE), E(ISDIR));
    ROW("path_open", "a folder to cut", open_path(ROOT, "folder", 0, 8, READ), E(ISDIR));
    ROW("path_open", "a folder to make", open_path(ROOT, "folder", 0, 1, READ), E(ISDIR));
    ROW("path_open", "a folder to make, as new", open_path(ROOT, "folder", 0, 5, READ), E(EXIST));
    ROW("path_open", "to make a folder", open_path(ROOT, "other", 0, 3, READ), E(INVAL));
    ROW("path_open", "to make with a slash", open_path(ROOT, "other/", 0, 1, READ), E(ISDIR));
    ROW("path_open", "a link, not followed", open_path(ROOT, "link", 0, 0, READ), E(LOOP));
    ROW("path_open", "a link, followed", open_path(ROOT, "link", 1, 0, READ), 0);
    ROW("path_open", "a link as new", open_path(ROOT, "link", 1, 5, READ), E(EXIST));
    ROW("path_open", "a link to nothing as new", open_path(ROOT, "dangling", 1, 5, READ), E(EXIST));
    ROW("path_open", "a link to nothing", open_path(ROOT, "dangling", 1, 0, READ), E(NOENT));
    ROW("path_open", "a link in a circle", open_path(ROOT, "circle", 1, 0, READ), E(LOOP));
    ROW("path_open", "a link that leads out", open_path(ROOT, "out", 1, 0, READ), E(NOTCAPABLE));
    ROW("path_open", "no such look-up flag", open_path(ROOT, "file", 2, 0, READ), E(INVAL));
    ROW("path_open", "no such flag", open_path(ROOT, "file", 0, 16, READ), E(INVAL));
    ROW("path_open", "no such descriptor flag",
        __wasi_path_open(ROOT, 0, "file", 0, READ, 0, 32, &opened), E(INVAL));
    ROW("path_open", "a place beyond memory",
        __wasi_path_open(ROOT, 0, "file", 0, READ, 0, 0, BEYOND + 13), E(FAULT));
    __wasi_fd_t look;
    OK(__wasi_path_open(ROOT, 0, "folder", 2, __WASI_RIGHTS_PATH_OPEN, READ, 0, &look));
    ROW("path_open", "making without that right", open_path(look, "new", 0, 1, READ), E(NOTCAPABLE));
    ROW("path_open", "cutting without that right", open_path(look, "new", 0, 8, READ), E(NOTCAPABLE));
    OK(__wasi_fd_close(look));
}

static void changing(void) {
    ROW("path_create_directory", "one that is there", __wasi_path_create_directory(ROOT, "folder"), E(EXIST));
    ROW("path_create_directory", "over a link to nothing", __wasi_path_create_directory(ROOT, "dangling"), E(EXIST));
    ROW("path_remove_directory", "one that is not empty", __wasi_path_remove_directory(ROOT, "folder"), E(NOTEMPTY));
    ROW("path_remove_directory", "a file", __wasi_path_remove_directory(ROOT, "file"), E(NOTDIR));
    ROW("path_remove_directory", "a link to a folder", __wasi_path_remove_directory(ROOT, "tofolder"), E(NOTDIR));
    ROW("path_unlink_file", "a folder", __wasi_path_unlink_file(ROOT, "folder"), E(ISDIR));
    ROW("path_unlink_file", "a folder with a slash", __wasi_path_unlink_file(ROOT, "folder/"), E(ISDIR));
    ROW("path_rename", "a file over a folder", __wasi_path_rename(ROOT, "file", ROOT, "folder"), E(ISDIR));
    ROW("path_rename", "a folder over a file", __wasi_path_rename(ROOT, "folder", ROOT, "file"), E(NOTDIR));
    ROW("path_rename", "a folder into itself", __wasi_path_rename(ROOT, "folder", ROOT, "folder/x"), E(INVAL));
    ROW("path_rename", "a file over itself", __wasi_path_rename(ROOT, "file", ROOT, "file"), 0);
    ROW("path_rename", "a file to a name with a slash", __wasi_path_rename(ROOT, "file", ROOT, "new/"), E(NOTDIR));
    ROW("path_rename", "to what is not open", __wasi_path_rename(ROOT, "file", NOWHERE, "new"), E(BADF));
    ROW("path_rename", "out of the folder", __wasi_path_rename(ROOT, "file", ROOT, "../new"), E(NOTCAPABLE));
    ROW("path_rename", "an empty folder over a full one", __wasi_path_rename(ROOT, "empty", ROOT, "folder"), E(NOTEMPTY));
    ROW("path_link", "a folder", __wasi_path_link(ROOT, 0, "folder", ROOT, "new"), E(PERM));
    ROW("path_link", "over what is there", __wasi_path_link(ROOT, 0, "file", ROOT, "folder"), E(EXIST));
    ROW("path_link", "following a link", __wasi_path_link(ROOT, 1, "link", ROOT, "new"), E(INVAL));
    ROW("path_link", "to what is not open", __wasi_path_link(ROOT, 0, "file", NOWHERE, "new"), E(BADF));
    ROW("path_link", "out of the folder", __wasi_path_link(ROOT, 0, "file", ROOT, "../new"), E(NOTCAPABLE));
    ROW("path_link", "to a name with a slash", __wasi_path_link(ROOT, 0, "file", ROOT, "new/"), E(NOENT));
    ROW("path_symlink", "over what is there", __wasi_path_symlink("x", ROOT, "file"), E(EXIST));
    ROW("path_symlink", "an absolute one", __wasi_path_symlink("/x", ROOT, "new"), E(NOTCAPABLE));
    ROW("path_symlink", "one to nothing at all", __wasi_path_symlink("", ROOT, "new"), E(NOENT));
    ROW("path_readlink", "a file", __wasi_path_readlink(ROOT, "file", room, 4, &count), E(INVAL));
    ROW("path_readlink", "into little room", __wasi_path_readlink(ROOT, "link", room, 2, &count) * 10 + (int)count, 2);
    ROW("path_readlink", "into no room", __wasi_path_readlink(ROOT, "link", room, 0, &count) * 10 + (int)count, 0);
    ROW("path_readlink", "beyond memory", __wasi_path_readlink(ROOT, "link", BEYOND + 15, 9, &count), E(FAULT));
    ROW("path_filestat_get", "no such flag", __wasi_path_filestat_get(ROOT, 2, "file", &facts), E(INVAL));
    ROW("path_filestat_get", "a link to nothing, followed", __wasi_path_filestat_get(ROOT, 1, "dangling", &facts), E(NOENT));
    ROW("path_filestat_get", "the link itself", __wasi_path_filestat_get(ROOT, 0, "dangling", &facts), 0);
    ROW("path_filestat_get", "beyond memory", __wasi_path_filestat_get(ROOT, 0, "file", BEYOND), E(FAULT));
    ROW("path_filestat_set_times", "no such flag", __wasi_path_filestat_set_times(ROOT, 2, "file", 1, 1, 5), E(INVAL));
    ROW("path_filestat_set_times", "the link itself", __wasi_path_filestat_set_times(ROOT, 0, "dangling", 3, 4, 5), 0);
    OK(__wasi_path_filestat_get(ROOT, 0, "dangling", &facts));
    ROW("path_filestat_set_times", "is what was changed", facts.atim * 10 + facts.mtim, 34);
}

int main(void) {
    OK(make_file("file"));
    OK(__wasi_path_create_directory(ROOT, "folder"));
    OK(__wasi_path_create_directory(ROOT, "empty"));
    OK(make_file("folder/inner"));
    OK(__wasi_path_symlink("file", ROOT, "link"));
    OK(__wasi_path_symlink("folder", ROOT, "tofolder"));
    OK(__wasi_path_symlink("nowhere", ROOT, "dangling"));
    OK(__wasi_path_symlink("circle", ROOT, "circle"));
    OK(__wasi_path_symlink("..", ROOT, "out"));
    everywhere();
    opening();
    changing();
    return ended();
}
