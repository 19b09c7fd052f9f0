// A disk that loses what was not synced: preloaded into a process that writes to a folder.
//
// What the process writes goes to the real files, and each write, truncation, creation, renaming and removal is
// remembered until its file or folder is synced. At the cut all of that is undone, and a random part of it done
// again: sectors of writes each by itself (so that writes are lost, reordered and torn), names in their order up to a
// random one. Then the process ends at once. A program that survives this says nothing before it is synced.
//
// DISK_FOLDER   the folder that is watched
// DISK_CUT      the operation at which the power is cut; 0 or nothing: never
// DISK_SEED     decides what is lost
// DISK_LIES     when set, a sync does nothing: the control that shows that losses are seen
// DISK_FULL     while a file of this name exists, writes that make a file longer fail with ENOSPC
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FDS = 4096, SECTOR = 512 };

// One change of a file's content that is not synced. A truncation has no new bytes.
struct write {
    ino_t ino;
    off_t at, length, size_before, size_after;
    char *old, *new; // `old` has what was there before, as far as the file went.
    off_t old_length;
    struct write *previous, *next;
};

// One change of a name that is not synced.
struct name {
    enum { CREATED, REMOVED, RENAMED } what;
    char path[PATH_MAX], to[PATH_MAX], kept[PATH_MAX]; // `kept`: what the name stood for before.
    ino_t folder;
    struct name *previous, *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct write *first_write, *last_write;
static struct name *first_name, *last_name;
static char *paths[FDS];
static char folder[PATH_MAX], trash[PATH_MAX];
static const char *full;
static long cut, operations, kept_files;
static int lies, ready;
static uint64_t state;

static uint64_t random_number(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void prepare(void) {
    if (ready) return;
    ready = 1;
    const char *text = getenv("DISK_FOLDER");
    if (!text || !realpath(text, folder)) folder[0] = 0;
    snprintf(trash, sizeof trash, "%.4000s.trash", folder);
    if (folder[0]) syscall(SYS_mkdirat, AT_FDCWD, trash, 0700);
    cut = (text = getenv("DISK_CUT")) ? atol(text) : 0;
    lies = getenv("DISK_LIES") != NULL;
    full = getenv("DISK_FULL");
    state = (text = getenv("DISK_SEED")) ? strtoull(text, NULL, 10) * 2654435761u + 1 : 1;
    for (int warm = 0; warm < 16; warm++) random_number();
}

static int ends_with(const char *path, const char *end) {
    size_t length = strlen(path), of_end = strlen(end);
    return length >= of_end && strcmp(path + length - of_end, end) == 0;
}

// The path of a file in the folder, made absolute; the shared memory of SQLite's log is made anew after a cut.
static const char *watched(const char *path, char *absolute) {
    prepare();
    if (!folder[0] || !path) return NULL;
    if (path[0] == '/') snprintf(absolute, PATH_MAX, "%s", path);
    else if (!getcwd(absolute, PATH_MAX / 2)) return NULL;
    else snprintf(absolute + strlen(absolute), PATH_MAX / 2, "/%s", path);
    size_t length = strlen(folder);
    if (strncmp(absolute, folder, length) || (absolute[length] != '/' && absolute[length])) return NULL;
    return absolute;
}

static const char *of_fd(int fd) { return fd >= 0 && fd < FDS ? paths[fd] : NULL; }

static ino_t ino_of(const char *path) {
    struct stat found;
    return syscall(SYS_newfstatat, AT_FDCWD, path, &found, 0) ? 0 : found.st_ino;
}

static ino_t folder_of(const char *path) {
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", path);
    char *slash = strrchr(parent, '/');
    if (slash) *slash = 0;
    return ino_of(parent);
}

static void forget_write(struct write *one) {
    if (one->previous) one->previous->next = one->next; else first_write = one->next;
    if (one->next) one->next->previous = one->previous; else last_write = one->previous;
    free(one->old);
    free(one->new);
    free(one);
}

static void forget_name(struct name *one) {
    if (one->previous) one->previous->next = one->next; else first_name = one->next;
    if (one->next) one->next->previous = one->previous; else last_name = one->previous;
    free(one);
}

static int open_ino(ino_t ino); // for the cut: a file that is still open, or in the trash

static void put(int fd, const char *bytes, off_t length, off_t at) {
    while (length > 0) {
        ssize_t done = syscall(SYS_pwrite64, fd, bytes, (size_t)length, at);
        if (done <= 0) return;
        bytes += done, length -= done, at += done;
    }
}

static void undo_writes(void) {
    for (struct write *one = last_write; one; one = one->previous) {
        int fd = open_ino(one->ino);
        if (fd < 0) continue;
        put(fd, one->old, one->old_length, one->at);
        syscall(SYS_ftruncate, fd, one->size_before);
        syscall(SYS_close, fd);
    }
}

// Does a random part of the writes again, each sector by itself.
static void redo_writes(void) {
    unsigned survive = random_number() % 101;
    for (struct write *one = first_write; one; one = one->next) {
        int fd = open_ino(one->ino);
        if (fd < 0) continue;
        if (!one->new) {
            if (random_number() % 100 < survive) syscall(SYS_ftruncate, fd, one->size_after);
        } else {
            for (off_t done = 0; done < one->length;) {
                off_t piece = SECTOR - (one->at + done) % SECTOR;
                if (piece > one->length - done) piece = one->length - done;
                if (random_number() % 100 < survive) put(fd, one->new + done, piece, one->at + done);
                done += piece;
            }
        }
        syscall(SYS_close, fd);
    }
}

static void undo_name(struct name *one) {
    switch (one->what) {
    case CREATED:
        syscall(SYS_unlinkat, AT_FDCWD, one->path, 0);
        break;
    case REMOVED:
        syscall(SYS_linkat, AT_FDCWD, one->kept, AT_FDCWD, one->path, 0);
        break;
    case RENAMED:
        syscall(SYS_renameat2, AT_FDCWD, one->to, AT_FDCWD, one->path, 0);
        if (one->kept[0]) syscall(SYS_linkat, AT_FDCWD, one->kept, AT_FDCWD, one->to, 0);
        break;
    }
}

// Names are lost from a random one on: file systems keep their order.
static void lose_names(void) {
    long count = 0;
    for (struct name *one = first_name; one; one = one->next) count++;
    long lost = count ? (long)(random_number() % (uint64_t)(count + 1)) : 0;
    for (struct name *one = last_name; one && lost > 0; one = one->previous, lost--) undo_name(one);
}

static int open_ino(ino_t ino) {
    for (int fd = 0; fd < FDS; fd++) {
        struct stat found;
        if (!paths[fd] || syscall(SYS_fstat, fd, &found) || found.st_ino != ino) continue;
        char path[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        int again = syscall(SYS_openat, AT_FDCWD, path, O_RDWR, 0);
        if (again >= 0) return again;
    }
    // It is closed: the names that may stand for it.
    for (struct write *one = first_write; one; one = one->next) {
        if (one->ino != ino) continue;
        static const char *names[] = {"tables.db", "tables.db-wal", "state.db", "state.db-wal", "format", "format.new", "vestibule.lock"};
        for (size_t at = 0; at < sizeof names / sizeof *names; at++) {
            char path[PATH_MAX + 32];
            snprintf(path, sizeof path, "%s/%s", folder, names[at]);
            if (ino_of(path) == ino) return syscall(SYS_openat, AT_FDCWD, path, O_RDWR, 0);
        }
        for (struct name *name = first_name; name; name = name->next)
            if (name->kept[0] && ino_of(name->kept) == ino) return syscall(SYS_openat, AT_FDCWD, name->kept, O_RDWR, 0);
        break;
    }
    return -1;
}

static void maybe_cut(void) {
    operations++;
    if (!cut || operations < cut) return;
    undo_writes();
    redo_writes();
    lose_names();
    syscall(SYS_exit_group, 99);
}

// Before a change of `length` bytes at `at`: remembers what is there. `bytes` is nothing for a truncation.
static void remember_write(int fd, const char *bytes, off_t at, off_t length) {
    struct stat found;
    if (ends_with(paths[fd], "-shm") || syscall(SYS_fstat, fd, &found)) return;
    struct write *one = calloc(1, sizeof *one);
    off_t end = bytes ? at + length : found.st_size;
    one->ino = found.st_ino;
    one->size_before = found.st_size;
    one->at = at;
    one->length = length;
    one->size_after = bytes ? (end > found.st_size ? end : found.st_size) : at;
    one->old_length = (end < found.st_size ? end : found.st_size) - at;
    if (one->old_length > 0) {
        one->old = malloc((size_t)one->old_length);
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        int reading = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY, 0);
        one->old_length = syscall(SYS_pread64, reading, one->old, (size_t)one->old_length, at);
        syscall(SYS_close, reading);
    } else one->old_length = 0;
    if (bytes) one->new = memcpy(malloc((size_t)length), bytes, (size_t)length);
    one->previous = last_write;
    if (last_write) last_write->next = one; else first_write = one;
    last_write = one;
}

static struct name *remember_name(int what, const char *path) {
    struct name *one = calloc(1, sizeof *one);
    one->what = what;
    snprintf(one->path, sizeof one->path, "%s", path);
    one->folder = folder_of(path);
    one->previous = last_name;
    if (last_name) last_name->next = one; else first_name = one;
    last_name = one;
    return one;
}

static void keep(struct name *one, const char *path) {
    snprintf(one->kept, sizeof one->kept, "%.4000s/%ld", trash, kept_files++);
    if (syscall(SYS_linkat, AT_FDCWD, path, AT_FDCWD, one->kept, 0)) one->kept[0] = 0;
}

static int is_full(void) { return full && syscall(SYS_faccessat, AT_FDCWD, full, F_OK) == 0; }

static ssize_t change(int fd, const void *bytes, size_t length, off_t at, int moves) {
    pthread_mutex_lock(&lock);
    ssize_t done;
    struct stat found;
    if (is_full() && !syscall(SYS_fstat, fd, &found) && at + (off_t)length > found.st_size) {
        // As much as fits into the last block, as a disk does.
        size_t room = at < found.st_size ? (size_t)(found.st_size - at) : 0;
        if (room) done = syscall(SYS_pwrite64, fd, bytes, room, at);
        else errno = ENOSPC, done = -1;
    } else {
        maybe_cut();
        remember_write(fd, bytes, at, (off_t)length);
        done = syscall(SYS_pwrite64, fd, bytes, length, at);
    }
    int error = errno;
    if (moves && done > 0) syscall(SYS_lseek, fd, at + done, SEEK_SET);
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (!of_fd(fd)) return syscall(SYS_write, fd, bytes, length);
    return change(fd, bytes, length, syscall(SYS_lseek, fd, 0, SEEK_CUR), 1);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    if (!of_fd(fd)) return syscall(SYS_pwrite64, fd, bytes, length, at);
    return change(fd, bytes, length, at, 0);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

int ftruncate64(int fd, off64_t size) {
    if (!of_fd(fd)) return syscall(SYS_ftruncate, fd, size);
    pthread_mutex_lock(&lock);
    maybe_cut();
    remember_write(fd, NULL, size, 0);
    int done = syscall(SYS_ftruncate, fd, size);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int synced(int fd) {
    pthread_mutex_lock(&lock);
    maybe_cut();
    struct stat found;
    if (!lies && !syscall(SYS_fstat, fd, &found)) {
        for (struct write *one = first_write, *next; one; one = next) {
            next = one->next;
            if (one->ino == found.st_ino) forget_write(one);
        }
        for (struct name *one = first_name, *next; one; one = next) {
            next = one->next;
            if (one->folder == found.st_ino) forget_name(one);
        }
    }
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int fd) { return of_fd(fd) ? synced(fd) : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return of_fd(fd) ? synced(fd) : (int)syscall(SYS_fdatasync, fd); }

static int opened(int at, const char *path, int flags, mode_t mode) {
    char absolute[PATH_MAX];
    const char *seen = at == AT_FDCWD ? watched(path, absolute) : NULL;
    if (!seen) return syscall(SYS_openat, at, path, flags, mode);
    pthread_mutex_lock(&lock);
    int is_new = (flags & O_CREAT) && !ino_of(seen);
    if (is_new) maybe_cut();
    int truncates = (flags & O_TRUNC) && !is_new;
    int fd = syscall(SYS_openat, at, path, flags & ~O_TRUNC, mode);
    int error = errno;
    if (fd >= 0 && fd < FDS) {
        free(paths[fd]);
        paths[fd] = strdup(seen);
        if (is_new && !ends_with(seen, "-shm")) remember_name(CREATED, seen);
        if (truncates) {
            remember_write(fd, NULL, 0, 0);
            syscall(SYS_ftruncate, fd, 0);
        }
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}

static mode_t mode_of(int flags, va_list more) { return flags & (O_CREAT | O_TMPFILE) ? (mode_t)va_arg(more, int) : 0; }

#define OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = mode_of(flags, more); \
        va_end(more); \
        return opened(AT_FDCWD, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int at, const char *path, int flags, ...) { \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = mode_of(flags, more); \
        va_end(more); \
        return opened(at, path, flags, mode); \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    if (of_fd(fd)) {
        pthread_mutex_lock(&lock);
        free(paths[fd]);
        paths[fd] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return syscall(SYS_close, fd);
}

int unlink(const char *path) {
    char absolute[PATH_MAX];
    const char *seen = watched(path, absolute);
    if (!seen || ends_with(seen, "-shm")) return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    pthread_mutex_lock(&lock);
    maybe_cut();
    if (ino_of(seen)) keep(remember_name(REMOVED, seen), seen);
    int done = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

int rename(const char *path, const char *to) {
    char absolute[PATH_MAX], target[PATH_MAX];
    const char *seen = watched(path, absolute);
    if (!seen || !watched(to, target)) return syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, to, 0);
    pthread_mutex_lock(&lock);
    maybe_cut();
    struct name *one = remember_name(RENAMED, seen);
    snprintf(one->to, sizeof one->to, "%s", target);
    if (ino_of(target)) keep(one, target);
    int done = syscall(SYS_renameat2, AT_FDCWD, path, AT_FDCWD, to, 0);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}
