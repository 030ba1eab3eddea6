package io.teex.executor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Which system calls a process may make, as a program for Linux' seccomp. What is not listed does
 * not exist: it fails with {@code ENOSYS}, as it would on a kernel without it, so that libraries
 * take the way round that they have. A call for another architecture ends the process.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/seccomp_filter.html">Linux: seccomp</a>
 */
final class SeccompFilter {
  /** The one architecture that the numbers are for, by the name that the JDK gives it. */
  static final String ARCHITECTURE = "amd64";

  private static final int AUDIT_ARCH_X86_64 = 0xC000003E;

  private static final int RETURN_KILL_PROCESS = 0x80000000;
  private static final int RETURN_ALLOW = 0x7FFF0000;
  private static final int RETURN_ENOSYS = 0x00050000 | 38;

  private static final short LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final short JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final short AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
  private static final short RETURN = 0x06; // BPF_RET | BPF_K

  // Offsets in struct seccomp_data; of a 64-bit argument the lower half, little-endian.
  private static final int CALL = 0;
  private static final int ARCH = 4;
  private static final int FIRST_ARGUMENT = 16;

  private static final int INSTRUCTION_BYTES = 8;
  private static final int INSTRUCTIONS_MAX = 4096;

  /** Threads of this process, and neither another process nor a namespace. */
  private static final int CLONE_THREAD = 0x00010000;

  private static final int CLONE_NEW_ANYTHING = 0x7E020080;

  private static final int PR_SET_NAME = 15;
  private static final int PR_SET_VMA = 0x53564D41;

  /**
   * What Node.js 20 to 24 and OpenJDK 25 need to start and to run guests: memory, threads, the
   * files that are bound, the pipe, and the clock. Not among them: sockets, other processes and
   * signals to them, tracing, namespaces, mounts, keys, asynchronous rings, and shared memory.
   */
  static final SeccompFilter ENGINE = engine().end();

  /** The same, and to make a directory: ONNX Runtime's Java part does not start without one. */
  static final SeccompFilter INFERENCE = engine().allow(83 /* mkdir */, 0, 0).end();

  private static SeccompFilter engine() {
    return new SeccompFilter()
        .allow(List.of(Call.values()))
        .allow(56 /* clone */, CLONE_THREAD | CLONE_NEW_ANYTHING, CLONE_THREAD)
        .allow(157 /* prctl */, -1, PR_SET_NAME)
        .allow(157 /* prctl */, -1, PR_SET_VMA);
  }

  /** Allowed with whatever arguments; numbers of x86-64. */
  private enum Call {
    READ(0),
    WRITE(1),
    OPEN(2),
    CLOSE(3),
    STAT(4),
    FSTAT(5),
    LSTAT(6),
    POLL(7),
    LSEEK(8),
    MMAP(9),
    MPROTECT(10),
    MUNMAP(11),
    BRK(12),
    RT_SIGACTION(13),
    RT_SIGPROCMASK(14),
    RT_SIGRETURN(15),
    PREAD64(17),
    READV(19),
    WRITEV(20),
    ACCESS(21),
    SCHED_YIELD(24),
    MREMAP(25),
    MINCORE(27),
    MADVISE(28),
    DUP(32),
    DUP2(33),
    NANOSLEEP(35),
    GETPID(39),
    EXECVE(59), // Bubblewrap starts the engine by it; nothing else is there to be executed.
    EXIT(60),
    UNAME(63),
    FCNTL(72),
    GETCWD(79),
    READLINK(89),
    GETTIMEOFDAY(96),
    GETRLIMIT(97),
    GETRUSAGE(98),
    SYSINFO(99),
    TIMES(100),
    GETUID(102),
    GETGID(104),
    GETEUID(107),
    GETEGID(108),
    GETPPID(110),
    CAPGET(125),
    SIGALTSTACK(131),
    STATFS(137),
    SCHED_GETPARAM(143),
    SCHED_GETSCHEDULER(145),
    ARCH_PRCTL(158),
    GETTID(186),
    FUTEX(202),
    SCHED_GETAFFINITY(204),
    EPOLL_CREATE(213),
    GETDENTS64(217),
    SET_TID_ADDRESS(218),
    CLOCK_GETTIME(228),
    CLOCK_GETRES(229),
    CLOCK_NANOSLEEP(230),
    EXIT_GROUP(231),
    EPOLL_WAIT(232),
    EPOLL_CTL(233),
    TGKILL(234), // abort() and a JVM's own threads; there is no other process to be met.
    OPENAT(257),
    NEWFSTATAT(262),
    READLINKAT(267),
    FACCESSAT(269),
    PPOLL(271),
    SET_ROBUST_LIST(273),
    EPOLL_PWAIT(281),
    EVENTFD2(290),
    EPOLL_CREATE1(291),
    DUP3(292),
    PIPE2(293),
    PRLIMIT64(302),
    GETCPU(309),
    GETRANDOM(318),
    MEMBARRIER(324),
    STATX(332),
    RSEQ(334),
    FACCESSAT2(439);

    private final int number;

    Call(int number) {
      this.number = number;
    }
  }

  private final ByteBuffer program =
      ByteBuffer.allocate(INSTRUCTIONS_MAX * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private SeccompFilter() {
    add(LOAD, 0, 0, ARCH);
    add(JUMP_IF_EQUAL, 1, 0, AUDIT_ARCH_X86_64);
    add(RETURN, 0, 0, RETURN_KILL_PROCESS);
    add(LOAD, 0, 0, CALL);
  }

  private SeccompFilter allow(List<Call> calls) {
    for (Call call : calls) {
      add(JUMP_IF_EQUAL, 0, 1, call.number);
      add(RETURN, 0, 0, RETURN_ALLOW);
    }
    return this;
  }

  /** Allows a call if its first argument, masked, is {@code value}. */
  private SeccompFilter allow(int call, int mask, int value) {
    add(JUMP_IF_EQUAL, 0, 5, call);
    add(LOAD, 0, 0, FIRST_ARGUMENT);
    add(AND, 0, 0, mask);
    add(JUMP_IF_EQUAL, 0, 1, value);
    add(RETURN, 0, 0, RETURN_ALLOW);
    add(LOAD, 0, 0, CALL); // Behind the arguments, the next rule wants the call's number again.
    return this;
  }

  private SeccompFilter end() {
    add(RETURN, 0, 0, RETURN_ENOSYS);
    return this;
  }

  private void add(short code, int ifTrue, int ifFalse, int operand) {
    program.putShort(code).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
  }

  /** An array of {@code struct sock_filter}, as {@code bwrap --seccomp} reads it. */
  byte[] toBytes() {
    byte[] bytes = new byte[program.position()];
    program.get(0, bytes);
    return bytes;
  }
}
