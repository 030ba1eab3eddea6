package io.teex.executor.endive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * WASI preview 1 for a command that has its standard streams and nothing else: no files, no
 * sockets, no environment, a clock that stands still.
 */
final class WasiModule {
  private static final long SUCCESS = 0;
  private static final long EBADF = 8;
  private static final long EFAULT = 21;
  private static final long EINVAL = 28;
  private static final long ENOSYS = 52;
  private static final long ENOTSUP = 58;
  private static final long ESPIPE = 70;
  private static final long ENOTCAPABLE = 76;

  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final long RIGHT_FD_READ = 1 << 1;
  private static final long RIGHT_FD_WRITE = 1 << 6;
  private static final int BUFFERS_MAX = 1024;

  /** 2001-09-09T01:46:40Z, for every clock and every task. */
  private static final long NOW_NANOS = 1_000_000_000_000_000_000L;

  private record Buffer(int pointer, int size) {}

  /** Stores what a call answers through a pointer. */
  private interface Store {
    void at(int pointer);
  }

  private final Guest guest;
  private final Arguments arguments;
  private final Randomness randomness;
  private final boolean[] open = {true, true, true};
  private final Map<String, HostCall> calls = new HashMap<>();
  private int inputAt;

  private WasiModule(Guest guest, Arguments arguments) {
    this.guest = guest;
    this.arguments = arguments;
    this.randomness = new Randomness(guest.task().seed());
  }

  static Map<String, HostCall> of(Guest guest, Arguments arguments) {
    WasiModule module = new WasiModule(guest, arguments);
    module.addProcess();
    module.addStreams();
    module.refuseRest();
    return module.calls;
  }

  private void addProcess() {
    calls.put(
        "args_sizes_get",
        a -> sizes((int) a[0], arguments.count(), (int) a[1], arguments.text().length));
    calls.put("args_get", a -> arguments((int) a[0], (int) a[1]));
    calls.put("environ_sizes_get", a -> sizes((int) a[0], 0, (int) a[1], 0));
    calls.put("environ_get", a -> charged(SUCCESS));
    calls.put("clock_res_get", a -> answerLong((int) a[1], 1));
    calls.put("clock_time_get", a -> answerLong((int) a[2], NOW_NANOS));
    calls.put("random_get", a -> random((int) a[0], (int) a[1]));
    calls.put("poll_oneoff", a -> charged(ENOSYS));
    calls.put("sched_yield", a -> charged(SUCCESS));
    calls.put("proc_exit", a -> exit((int) a[0]));
  }

  private void addStreams() {
    calls.put("fd_read", a -> read((int) a[0], (int) a[1], (int) a[2], (int) a[3]));
    calls.put("fd_write", a -> write((int) a[0], (int) a[1], (int) a[2], (int) a[3]));
    calls.put("fd_close", a -> close((int) a[0]));
    calls.put("fd_fdstat_get", a -> status((int) a[0], (int) a[1]));
    calls.put("fd_filestat_get", a -> fileStatus((int) a[0], (int) a[1]));
    streamsAnswer(SUCCESS, "fd_fdstat_set_flags", "fd_datasync", "fd_sync");
    streamsAnswer(ENOTCAPABLE, "fd_fdstat_set_rights", "fd_filestat_set_times");
    streamsAnswer(EINVAL, "fd_filestat_set_size");
    streamsAnswer(ESPIPE, "fd_advise", "fd_allocate", "fd_pread", "fd_pwrite", "fd_seek");
    streamsAnswer(ESPIPE, "fd_tell");
    streamsAnswer(ENOTSUP, "fd_readdir");
  }

  private void refuseRest() {
    refuse(ENOTCAPABLE, "fd_renumber", "path_create_directory", "path_filestat_get");
    refuse(ENOTCAPABLE, "path_filestat_set_times", "path_link", "path_open", "path_readlink");
    refuse(ENOTCAPABLE, "path_remove_directory", "path_rename", "path_symlink");
    refuse(ENOTCAPABLE, "path_unlink_file");
    refuse(EBADF, "fd_prestat_get", "fd_prestat_dir_name");
  }

  private void refuse(long errno, String... names) {
    for (String name : names) {
      calls.put(name, a -> charged(errno));
    }
  }

  private void streamsAnswer(long errno, String... names) {
    for (String name : names) {
      calls.put(
          name,
          a -> {
            guest.charge(0);
            return isOpen((int) a[0]) ? errno : EBADF;
          });
    }
  }

  private boolean isOpen(int fd) {
    return fd >= 0 && fd < open.length && open[fd];
  }

  private long charged(long errno) {
    guest.charge(0);
    return errno;
  }

  private long answer(int pointer, int size, Store store) {
    guest.charge(size);
    if (!guest.holds(pointer, size)) {
      return EFAULT;
    }
    store.at(pointer);
    return SUCCESS;
  }

  private long answerInt(int pointer, int value) {
    return answer(pointer, Integer.BYTES, at -> guest.memory().writeI32(at, value));
  }

  private long answerLong(int pointer, long value) {
    return answer(pointer, Long.BYTES, at -> guest.memory().writeLong(at, value));
  }

  private long sizes(int countPointer, int count, int sizePointer, int size) {
    long errno = answerInt(countPointer, count);
    return errno == SUCCESS ? answerInt(sizePointer, size) : errno;
  }

  private long arguments(int pointers, int text) {
    if (!guest.holds(text, arguments.text().length)) {
      return charged(EFAULT);
    }
    long errno =
        answer(
            pointers,
            Integer.BYTES * arguments.count(),
            at -> {
              for (int i = 0; i < arguments.count(); i++) {
                guest.memory().writeI32(at + Integer.BYTES * i, text + arguments.start(i));
              }
            });
    if (errno == SUCCESS) {
      guest.memory().write(text, arguments.text());
    }
    return errno;
  }

  private long random(int pointer, int size) {
    if (!guest.holds(pointer, size)) {
      return charged(EFAULT);
    }
    guest.charge(Integer.toUnsignedLong(size));
    if (size != 0) {
      guest.memory().write(pointer, randomness.next(size));
    }
    return SUCCESS;
  }

  private long exit(int code) {
    guest.charge(0);
    throw new Ending(code == 0 ? Ending.COMPLETED : Ending.GUEST_EXIT, code);
  }

  private long close(int fd) {
    guest.charge(0);
    if (!isOpen(fd)) {
      return EBADF;
    }
    open[fd] = false;
    return SUCCESS;
  }

  private long read(int fd, int pointer, int count, int read) {
    if (fd != STDIN || !isOpen(fd)) {
      return charged(EBADF);
    }
    List<Buffer> buffers = new ArrayList<>();
    long errno = buffers(pointer, count, buffers);
    if (!guest.holds(read, Integer.BYTES)) {
      return charged(EFAULT);
    }
    if (errno != SUCCESS) {
      return charged(errno);
    }
    byte[] input = guest.task().input();
    int total = (int) Math.min(sizeOf(buffers), input.length - inputAt);
    guest.charge(total);
    int left = total;
    for (Buffer buffer : buffers) {
      int part = (int) Math.min(Integer.toUnsignedLong(buffer.size()), left);
      if (part > 0) {
        guest.memory().write(buffer.pointer(), input, inputAt, part);
      }
      inputAt += part;
      left -= part;
    }
    guest.memory().writeI32(read, total);
    return SUCCESS;
  }

  private long write(int fd, int pointer, int count, int written) {
    if ((fd != STDOUT && fd != STDERR) || !isOpen(fd)) {
      return charged(EBADF);
    }
    List<Buffer> buffers = new ArrayList<>();
    long errno = buffers(pointer, count, buffers);
    if (!guest.holds(written, Integer.BYTES)) {
      return charged(EFAULT);
    }
    if (errno != SUCCESS) {
      return charged(errno);
    }
    long total = sizeOf(buffers);
    guest.charge(total);
    for (Buffer buffer : buffers) {
      if (fd == STDOUT) {
        guest.write(buffer.pointer(), buffer.size());
      } else {
        guest.log(buffer.pointer(), buffer.size());
      }
    }
    guest.memory().writeI32(written, (int) total);
    return SUCCESS;
  }

  /** Reads an array of iovec into {@code found}, and returns an error number. */
  private long buffers(int pointer, int count, List<Buffer> found) {
    if (Integer.compareUnsigned(count, BUFFERS_MAX) > 0) {
      return EINVAL;
    }
    if (!guest.holds(pointer, 2 * Integer.BYTES * count)) {
      return EFAULT;
    }
    for (int i = 0; i < count; i++) {
      int at = pointer + 2 * Integer.BYTES * i;
      Buffer buffer =
          new Buffer(guest.memory().readInt(at), guest.memory().readInt(at + Integer.BYTES));
      if (!guest.holds(buffer.pointer(), buffer.size())) {
        return EFAULT;
      }
      found.add(buffer);
    }
    return SUCCESS;
  }

  private static long sizeOf(List<Buffer> buffers) {
    return buffers.stream().mapToLong(each -> Integer.toUnsignedLong(each.size())).sum();
  }

  private long status(int fd, int pointer) {
    if (!isOpen(fd)) {
      return charged(EBADF);
    }
    // An unknown file type is no terminal, so that the C library buffers whole blocks.
    long rights = fd == STDIN ? RIGHT_FD_READ : RIGHT_FD_WRITE;
    return answer(
        pointer,
        24,
        at -> {
          guest.memory().writeLong(at, 0);
          guest.memory().writeLong(at + 8, rights);
          guest.memory().writeLong(at + 16, 0);
        });
  }

  private long fileStatus(int fd, int pointer) {
    if (!isOpen(fd)) {
      return charged(EBADF);
    }
    return answer(pointer, 64, at -> guest.memory().fill((byte) 0, at, at + 64));
  }
}
