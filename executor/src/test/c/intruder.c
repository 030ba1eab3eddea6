// Stands for a guest that has broken its engine and makes system calls as it likes: reports each as
// "name: what came of it", an error's number or "DONE".
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void report(const char *name, long result) {
  if (result == -1)
    printf("%s: %s\n", name, strerrorname_np(errno));
  else
    printf("%s: DONE\n", name);
}

#define TRY(name, ...) report(name, syscall(__VA_ARGS__))

int main(int argc, char **argv) {
  long host = argc > 1 ? strtol(argv[1], NULL, 10) : 1;
  char buffer[256] = {0};
  TRY("socket", SYS_socket, AF_INET, SOCK_STREAM, 0);
  TRY("unix socket", SYS_socket, AF_UNIX, SOCK_STREAM, 0);
  TRY("netlink socket", SYS_socket, AF_NETLINK, SOCK_RAW, 0);
  TRY("socket pair", SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, buffer);
  TRY("fork", SYS_fork);
  TRY("vfork-like clone", SYS_clone, SIGCHLD, 0, 0, 0, 0);
  TRY("clone with a namespace", SYS_clone, CLONE_THREAD | CLONE_NEWUSER, 0, 0, 0, 0);
  TRY("clone3", SYS_clone3, buffer, 64);
  TRY("kill", SYS_kill, host, SIGTERM);
  TRY("kill all", SYS_kill, -1, SIGTERM);
  TRY("open a process", SYS_pidfd_open, host, 0);
  TRY("trace", SYS_ptrace, PTRACE_ATTACH, host, 0, 0);
  TRY("trace me", SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
  TRY("read a process", SYS_process_vm_readv, host, 0, 0, 0, 0, 0);
  TRY("compare processes", SYS_kcmp, host, host, 0, 0, 0);
  TRY("unshare", SYS_unshare, CLONE_NEWUSER);
  TRY("enter a namespace", SYS_setns, 0, 0);
  TRY("mount", SYS_mount, "none", "/", "tmpfs", 0, 0);
  TRY("unmount", SYS_umount2, "/", MNT_DETACH);
  TRY("change root", SYS_chroot, "/");
  TRY("pivot root", SYS_pivot_root, "/", "/");
  TRY("open a tree", SYS_open_tree, AT_FDCWD, "/", 0);
  TRY("keyring", SYS_keyctl, 0, -3, 0);
  TRY("add key", SYS_add_key, "user", "x", "x", 1, -3);
  TRY("bpf", SYS_bpf, 0, buffer, sizeof buffer);
  TRY("performance counters", SYS_perf_event_open, buffer, 0, -1, -1, 0);
  TRY("userfaultfd", SYS_userfaultfd, 0);
  TRY("io_uring", SYS_io_uring_setup, 8, buffer);
  TRY("shared memory", SYS_shmget, 1, 4096, 01600);
  TRY("message queue", SYS_msgget, 1, 01600);
  TRY("semaphore", SYS_semget, 1, 1, 01600);
  TRY("anonymous file", SYS_memfd_create, "x", 0);
  TRY("notify", SYS_inotify_init1, 0);
  TRY("timer", SYS_timerfd_create, 0, 0);
  TRY("set the clock", SYS_clock_settime, 0, buffer);
  TRY("adjust the clock", SYS_adjtimex, buffer);
  TRY("kernel log", SYS_syslog, 3, buffer, sizeof buffer);
  TRY("load a module", SYS_finit_module, 0, "", 0);
  TRY("kexec", SYS_kexec_load, 0, 0, 0, 0);
  TRY("reboot", SYS_reboot, 0, 0, 0, 0);
  TRY("raw ports", SYS_iopl, 3);
  TRY("host name", SYS_sethostname, "x", 1);
  TRY("become root", SYS_setuid, 0);
  TRY("capabilities", SYS_capset, buffer, buffer);
  TRY("seccomp", SYS_seccomp, 0, 0, 0);
  TRY("personality", SYS_personality, 0);
  TRY("keep after death", SYS_prctl, PR_SET_PDEATHSIG, 0, 0, 0, 0);
  TRY("dumpable", SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  TRY("terminal input", SYS_ioctl, 0, 0x5412, "x");
  TRY("make a file", SYS_openat, AT_FDCWD, "/x", O_CREAT | O_WRONLY, 0600);
  TRY("link", SYS_symlink, "/x", "/y");
  TRY("make a directory", SYS_mkdir, "/y", 0700);
  TRY("remove", SYS_unlink, "/x");
  TRY("processes", SYS_openat, AT_FDCWD, "/proc", O_RDONLY);
  TRY("devices", SYS_openat, AT_FDCWD, "/dev", O_RDONLY);
  TRY("a shell", SYS_execve, "/bin/sh", 0, 0);
  TRY("handle of a file", SYS_open_by_handle_at, AT_FDCWD, buffer, 0);
  TRY("priority", SYS_setpriority, 0, 0, -20);
  TRY("real time", SYS_sched_setscheduler, 0, 1, buffer);
  TRY("lock memory", SYS_mlockall, 3);
  for (int i = 3; i < 1024; i++)
    if (syscall(SYS_fcntl, i, F_GETFD) != -1) {
      printf("descriptor beside the pipe: DONE\n");
      break;
    }
  printf("end: of report\n");
  fflush(stdout);
  // Last, since nobody returns from it: a call of the 32-bit architecture, getpid.
  if (argc > 2) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
    printf("32-bit call: DONE\n");
  }
  return 0;
}
