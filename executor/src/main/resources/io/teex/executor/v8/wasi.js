'use strict';
// WASI preview 1 for a command that has its standard streams and nothing else: no files, no
// sockets, no environment, a clock that stands still.
const Outcome = require('./outcome.js');
const { Ending } = require('./guest.js');
const log = require('./log.js');
const randomOf = require('./random.js');

const SUCCESS = 0;
const EBADF = 8;
const EFAULT = 21;
const EINVAL = 28;
const ENOSYS = 52;
const ENOTSUP = 58;
const ESPIPE = 70;
const ENOTCAPABLE = 76;

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const RIGHT_FD_READ = 1n << 1n;
const RIGHT_FD_WRITE = 1n << 6n;
const BUFFERS_MAX = 1024;
/** 2001-09-09T01:46:40Z, for every clock and every task. */
const NOW_NANOS = 1_000_000_000_000_000_000n;

module.exports = function wasi(guest, args) {
  const { input, seed } = guest.task;
  const random = randomOf(seed);
  const open = [true, true, true];
  let inputAt = 0;

  const isOpen = (fd) => open[fd] === true;
  const refuse = (errno) => () => {
    guest.charge(0);
    return errno;
  };
  const streamsAnswer = (errno) => (fd) => {
    guest.charge(0);
    return isOpen(fd) ? errno : EBADF;
  };
  /** Stores by `store(view)` what a call answers through a pointer. */
  const answer = (pointer, size, store) => {
    guest.charge(size);
    const view = guest.view(pointer, size);
    if (view === null) return EFAULT;
    store(view);
    return SUCCESS;
  };
  /** The buffers of an iovec array, or an error number. */
  const buffers = (pointer, count) => {
    const length = count >>> 0;
    if (length > BUFFERS_MAX) return EINVAL;
    const table = guest.view(pointer, 8 * length);
    if (table === null) return EFAULT;
    const found = [];
    for (let i = 0; i < length; i++) {
      const bytes = guest.bytes(table.getUint32(8 * i, true), table.getUint32(8 * i + 4, true));
      if (bytes === null) return EFAULT;
      found.push(bytes);
    }
    return found;
  };
  const sizeOf = (found) => found.reduce((sum, bytes) => sum + bytes.length, 0);
  const failed = (errno) => {
    guest.charge(0);
    return errno;
  };

  return {
    args_sizes_get: (count, size) => {
      const errno = answer(count, 4, (view) => view.setUint32(0, args.starts.length, true));
      return errno || answer(size, 4, (view) => view.setUint32(0, args.text.length, true));
    },
    args_get: (pointers, text) => {
      const target = guest.bytes(text, args.text.length);
      if (target === null) return failed(EFAULT);
      const errno = answer(pointers, 4 * args.starts.length, (view) =>
        args.starts.forEach((start, i) => view.setUint32(4 * i, text + start, true)),
      );
      if (errno === SUCCESS) target.set(args.text);
      return errno;
    },
    environ_sizes_get: (count, size) => {
      const errno = answer(count, 4, (view) => view.setUint32(0, 0, true));
      return errno || answer(size, 4, (view) => view.setUint32(0, 0, true));
    },
    environ_get: refuse(SUCCESS),
    clock_res_get: (clock, pointer) => answer(pointer, 8, (view) => view.setBigUint64(0, 1n, true)),
    clock_time_get: (clock, precision, pointer) =>
      answer(pointer, 8, (view) => view.setBigUint64(0, NOW_NANOS, true)),
    random_get: (pointer, size) => {
      const target = guest.bytes(pointer, size);
      if (target === null) return failed(EFAULT);
      guest.charge(target.length);
      random(target);
      return SUCCESS;
    },

    fd_read: (fd, pointer, count, read) => {
      if (fd !== STDIN || !isOpen(fd)) return failed(EBADF);
      const found = buffers(pointer, count);
      const size = guest.view(read, 4);
      if (size === null) return failed(EFAULT);
      if (!Array.isArray(found)) return failed(found);
      const total = Math.min(sizeOf(found), input.length - inputAt);
      guest.charge(total);
      let left = total;
      for (const target of found) {
        const part = Math.min(target.length, left);
        target.set(input.subarray(inputAt, inputAt + part));
        inputAt += part;
        left -= part;
      }
      size.setUint32(0, total, true);
      return SUCCESS;
    },
    fd_write: (fd, pointer, count, written) => {
      if ((fd !== STDOUT && fd !== STDERR) || !isOpen(fd)) return failed(EBADF);
      const found = buffers(pointer, count);
      const size = guest.view(written, 4);
      if (size === null) return failed(EFAULT);
      if (!Array.isArray(found)) return failed(found);
      const total = sizeOf(found);
      guest.charge(total);
      for (const bytes of found) fd === STDOUT ? guest.write(bytes) : log(bytes);
      size.setUint32(0, total >>> 0, true);
      return SUCCESS;
    },
    fd_close: (fd) => {
      guest.charge(0);
      if (!isOpen(fd)) return EBADF;
      open[fd] = false;
      return SUCCESS;
    },
    fd_fdstat_get: (fd, pointer) => {
      if (!isOpen(fd)) return failed(EBADF);
      return answer(pointer, 24, (view) => {
        // An unknown file type is no terminal, so that the C library buffers whole blocks.
        view.setBigUint64(0, 0n, true);
        view.setBigUint64(8, fd === STDIN ? RIGHT_FD_READ : RIGHT_FD_WRITE, true);
        view.setBigUint64(16, 0n, true);
      });
    },
    fd_filestat_get: (fd, pointer) => {
      if (!isOpen(fd)) return failed(EBADF);
      return answer(pointer, 64, (view) => {
        for (let at = 0; at < 64; at += 8) view.setBigUint64(at, 0n, true);
      });
    },
    fd_fdstat_set_flags: streamsAnswer(SUCCESS),
    fd_fdstat_set_rights: streamsAnswer(ENOTCAPABLE),
    fd_filestat_set_size: streamsAnswer(EINVAL),
    fd_filestat_set_times: streamsAnswer(ENOTCAPABLE),
    fd_datasync: streamsAnswer(SUCCESS),
    fd_sync: streamsAnswer(SUCCESS),
    fd_advise: streamsAnswer(ESPIPE),
    fd_allocate: streamsAnswer(ESPIPE),
    fd_pread: streamsAnswer(ESPIPE),
    fd_pwrite: streamsAnswer(ESPIPE),
    fd_seek: streamsAnswer(ESPIPE),
    fd_tell: streamsAnswer(ESPIPE),
    fd_readdir: streamsAnswer(ENOTSUP),
    fd_renumber: refuse(ENOTCAPABLE),
    fd_prestat_get: refuse(EBADF),
    fd_prestat_dir_name: refuse(EBADF),

    path_create_directory: refuse(ENOTCAPABLE),
    path_filestat_get: refuse(ENOTCAPABLE),
    path_filestat_set_times: refuse(ENOTCAPABLE),
    path_link: refuse(ENOTCAPABLE),
    path_open: refuse(ENOTCAPABLE),
    path_readlink: refuse(ENOTCAPABLE),
    path_remove_directory: refuse(ENOTCAPABLE),
    path_rename: refuse(ENOTCAPABLE),
    path_symlink: refuse(ENOTCAPABLE),
    path_unlink_file: refuse(ENOTCAPABLE),

    poll_oneoff: refuse(ENOSYS),
    sched_yield: refuse(SUCCESS),
    proc_exit: (code) => {
      guest.charge(0);
      throw new Ending(code === 0 ? Outcome.COMPLETED : Outcome.GUEST_EXIT, code >>> 0);
    },
  };
};
