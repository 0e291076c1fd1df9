/* Counts the calls of a program that change a folder, over all of its threads, and ends the program or lets a call
 * fail at one of them. Loaded before the C library (LD_PRELOAD); tests/faults/shim.rs sets the environment:
 *
 *   FAULT_FOLDER   only calls on this folder and what is below it are counted (an absolute path)
 *   FAULT_LOG      a line for each counted call, `fault` before the one that was chosen, `ack` after each commit
 *   FAULT_KINDS    which kinds of calls are counted, bits of `enum kind`
 *   FAULT_AT       the number of the call, from 1; 0 for none
 *   FAULT_ACTION   kill: SIGKILL before it; torn: SIGKILL after half of a write; once, sticky: it fails, or it and all
 *                  after it
 *   FAULT_ERRNO    how it fails
 *   FAULT_ACKS     SIGKILL as soon as so many commits are acknowledged; 0 for never
 *   FAULT_UNSYNCED 1: fsync of a folder says yes and does nothing
 *
 * A commit is acknowledged when meta.json was renamed and its folder synced after that.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind {
    OPEN = 1,      /* that makes, empties or writes */
    WRITE = 2,
    SYNC = 4,
    RENAME = 8,
    UNLINK = 16,
    MKDIR = 32,
    TRUNCATE = 64,
    LINK = 128,
    READ_OPEN = 256,
    MAP = 512,
};

static char folder[PATH_MAX];
static size_t folder_length;
static int log_file = -1;
static unsigned kinds;
static long chosen, acks_wanted;
static int is_kill, is_torn, is_sticky, fault_errno, is_unsynced;
static atomic_long calls, acks;
static atomic_int renamed;

static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

__attribute__((constructor)) static void begin(void) {
    const char *action = setting("FAULT_ACTION");
    snprintf(folder, sizeof folder, "%s", setting("FAULT_FOLDER"));
    folder_length = strlen(folder);
    kinds = (unsigned)atol(setting("FAULT_KINDS"));
    chosen = atol(setting("FAULT_AT"));
    acks_wanted = atol(setting("FAULT_ACKS"));
    fault_errno = atoi(setting("FAULT_ERRNO"));
    is_unsynced = atoi(setting("FAULT_UNSYNCED"));
    is_torn = !strcmp(action, "torn");
    is_kill = is_torn || !strcmp(action, "kill");
    is_sticky = !strcmp(action, "sticky");
    log_file = (int)syscall(SYS_openat, AT_FDCWD, setting("FAULT_LOG"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                            0600);
}

static void note(const char *what, long number, const char *path) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %ld %s\n", what, number, path);
    if (log_file >= 0 && length > 0) syscall(SYS_write, log_file, line, (size_t)length);
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static int is_below(const char *path) {
    return folder_length && !strncmp(path, folder, folder_length) &&
           (path[folder_length] == '/' || !path[folder_length]);
}

/* The absolute path of a name relative to a folder; empty if it is not known. */
static void absolute(int at, const char *name, char *path) {
    char base[PATH_MAX] = "";
    path[0] = 0;
    if (name[0] != '/') {
        char link[64];
        if (at == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, base, sizeof base - 1);
        if (length < 0) return;
        base[length] = 0;
    }
    int written = snprintf(path, PATH_MAX, "%s%s%s", base, name[0] == '/' ? "" : "/", name);
    if (written >= PATH_MAX) path[0] = 0;
}

static void path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

enum answer { GO_ON, FAIL, TEAR };

/* Counts a call that is about to be made. */
static enum answer count(enum kind kind, const char *what, const char *path) {
    if (!(kinds & kind) || !is_below(path)) return GO_ON;
    long number = atomic_fetch_add(&calls, 1) + 1;
    int is_hit = chosen && (number == chosen || (is_sticky && number > chosen));
    if (number == chosen) note("fault", number, what);
    note(what, number, path);
    if (!is_hit) return GO_ON;
    if (is_torn && kind == WRITE) return TEAR;
    if (is_kill) die();
    errno = fault_errno;
    return FAIL;
}

static enum answer count_name(enum kind kind, const char *what, int at, const char *name) {
    char path[PATH_MAX];
    absolute(at, name, path);
    return count(kind, what, path);
}

static enum answer count_file(enum kind kind, const char *what, int file) {
    char path[PATH_MAX];
    path_of(file, path);
    return count(kind, what, path);
}

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && !strcmp(text + length - end_length, end);
}

#define REAL(result, name, ...)                                     \
    static result (*real)(__VA_ARGS__);                             \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int opened(const char *symbol, int at, const char *name, int flags, mode_t mode) {
    REAL(int, "openat", int, const char *, int, mode_t);
    int is_change = (flags & (O_CREAT | O_TRUNC)) || (flags & O_ACCMODE) != O_RDONLY;
    if (count_name(is_change ? OPEN : READ_OPEN, symbol, at, name) == FAIL) return -1;
    return real(at, name, flags, mode);
}

#define MODE                        \
    mode_t mode = 0;                \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest;               \
        va_start(rest, flags);      \
        mode = va_arg(rest, mode_t); \
        va_end(rest);               \
    }

int open(const char *name, int flags, ...) { MODE return opened("open", AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE return opened("open", AT_FDCWD, name, flags, mode); }
int openat(int at, const char *name, int flags, ...) { MODE return opened("openat", at, name, flags, mode); }
int openat64(int at, const char *name, int flags, ...) { MODE return opened("openat", at, name, flags, mode); }
int creat(const char *name, mode_t mode) {
    return opened("creat", AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

ssize_t write(int file, const void *bytes, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    switch (count_file(WRITE, "write", file)) {
    case FAIL: return -1;
    case TEAR: real(file, bytes, length / 2); die();
    case GO_ON: break;
    }
    return real(file, bytes, length);
}

ssize_t writev(int file, const struct iovec *parts, int number) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    switch (count_file(WRITE, "writev", file)) {
    case FAIL: return -1;
    case TEAR: real(file, parts, number / 2); die();
    case GO_ON: break;
    }
    return real(file, parts, number);
}

static ssize_t written_at(int file, const void *bytes, size_t length, off_t offset) {
    REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
    switch (count_file(WRITE, "pwrite", file)) {
    case FAIL: return -1;
    case TEAR: real(file, bytes, length / 2, offset); die();
    case GO_ON: break;
    }
    return real(file, bytes, length, offset);
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t offset) {
    return written_at(file, bytes, length, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t offset) {
    return written_at(file, bytes, length, offset);
}

/* After the sync of a folder has said yes. */
static void acknowledge(const char *path) {
    if (!ends_with(path, "/tantivy") || !is_below(path) || !atomic_exchange(&renamed, 0)) return;
    long number = atomic_fetch_add(&acks, 1) + 1;
    note("ack", number, path);
    if (number == acks_wanted) die();
}

static int synced(const char *what, int file, int (*real)(int)) {
    char path[PATH_MAX];
    struct stat data;
    path_of(file, path);
    if (count(SYNC, what, path) == FAIL) return -1;
    int is_folder = !fstat(file, &data) && S_ISDIR(data.st_mode);
    int result = is_unsynced && is_folder && is_below(path) ? 0 : real(file);
    if (!result && is_folder) acknowledge(path);
    return result;
}

int fsync(int file) {
    REAL(int, "fsync", int);
    return synced("fsync", file, real);
}

int fdatasync(int file) {
    REAL(int, "fdatasync", int);
    return synced("fdatasync", file, real);
}

static int renamed_to(int result, int at, const char *name) {
    char path[PATH_MAX];
    absolute(at, name, path);
    if (!result && ends_with(path, "/meta.json") && is_below(path)) atomic_store(&renamed, 1);
    return result;
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    if (count_name(RENAME, "rename", AT_FDCWD, to) == FAIL) return -1;
    return renamed_to(real(from, to), AT_FDCWD, to);
}

int renameat(int from_at, const char *from, int at, const char *to) {
    REAL(int, "renameat", int, const char *, int, const char *);
    if (count_name(RENAME, "renameat", at, to) == FAIL) return -1;
    return renamed_to(real(from_at, from, at, to), at, to);
}

int renameat2(int from_at, const char *from, int at, const char *to, unsigned flags) {
    REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
    if (count_name(RENAME, "renameat2", at, to) == FAIL) return -1;
    return renamed_to(real(from_at, from, at, to, flags), at, to);
}

int unlink(const char *name) {
    REAL(int, "unlink", const char *);
    return count_name(UNLINK, "unlink", AT_FDCWD, name) == FAIL ? -1 : real(name);
}

int unlinkat(int at, const char *name, int flags) {
    REAL(int, "unlinkat", int, const char *, int);
    return count_name(UNLINK, "unlinkat", at, name) == FAIL ? -1 : real(at, name, flags);
}

int rmdir(const char *name) {
    REAL(int, "rmdir", const char *);
    return count_name(UNLINK, "rmdir", AT_FDCWD, name) == FAIL ? -1 : real(name);
}

int mkdir(const char *name, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    return count_name(MKDIR, "mkdir", AT_FDCWD, name) == FAIL ? -1 : real(name, mode);
}

int mkdirat(int at, const char *name, mode_t mode) {
    REAL(int, "mkdirat", int, const char *, mode_t);
    return count_name(MKDIR, "mkdirat", at, name) == FAIL ? -1 : real(at, name, mode);
}

static int truncated(int file, off_t length) {
    REAL(int, "ftruncate", int, off_t);
    return count_file(TRUNCATE, "ftruncate", file) == FAIL ? -1 : real(file, length);
}

int ftruncate(int file, off_t length) { return truncated(file, length); }
int ftruncate64(int file, off64_t length) { return truncated(file, length); }

int link(const char *from, const char *to) {
    REAL(int, "link", const char *, const char *);
    return count_name(LINK, "link", AT_FDCWD, to) == FAIL ? -1 : real(from, to);
}

int linkat(int from_at, const char *from, int at, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    return count_name(LINK, "linkat", at, to) == FAIL ? -1 : real(from_at, from, at, to, flags);
}

static void *mapped(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    REAL(void *, "mmap", void *, size_t, int, int, int, off_t);
    if (file >= 0 && count_file(MAP, "mmap", file) == FAIL) return MAP_FAILED;
    return real(address, length, protection, flags, file, offset);
}

void *mmap(void *address, size_t length, int protection, int flags, int file, off_t offset) {
    return mapped(address, length, protection, flags, file, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int file, off64_t offset) {
    return mapped(address, length, protection, flags, file, offset);
}
