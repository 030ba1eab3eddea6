package io.teex.executor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter's program, run here as the kernel runs it. */
final class SeccompFilterTest {
  private static final int X86_64 = 0xC000003E;
  private static final int I386 = 0x40000003;
  private static final int X32 = 0x40000000;
  private static final int KILL = 0x80000000;
  private static final int ALLOW = 0x7FFF0000;
  private static final int ENOSYS = 0x00050000 | 38;

  private static final int READ = 0;
  private static final int MMAP = 9;
  private static final int IOCTL = 16;
  private static final int SOCKET = 41;
  private static final int CLONE = 56;
  private static final int FORK = 57;
  private static final int EXECVE = 59;
  private static final int KILL_CALL = 62;
  private static final int PTRACE = 101;
  private static final int PRCTL = 157;
  private static final int UNSHARE = 272;
  private static final int IO_URING_SETUP = 425;
  private static final int CLONE3 = 435;

  private record Instruction(int code, int ifTrue, int ifFalse, int operand) {}

  private static List<Instruction> program() {
    ByteBuffer bytes =
        ByteBuffer.wrap(SeccompFilter.ENGINE.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
    List<Instruction> program = new ArrayList<>();
    while (bytes.hasRemaining()) {
      program.add(
          new Instruction(
              bytes.getShort(),
              Byte.toUnsignedInt(bytes.get()),
              Byte.toUnsignedInt(bytes.get()),
              bytes.getInt()));
    }
    return program;
  }

  /** What the kernel is told about a call with this first argument. */
  private static int verdict(int architecture, int call, long argument) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(0, call).putInt(4, architecture).putLong(16, argument);
    List<Instruction> program = program();
    int accumulator = 0;
    for (int at = 0; ; at++) {
      Instruction each = program.get(at);
      switch (each.code()) {
        case 0x20 -> accumulator = data.getInt(each.operand());
        case 0x54 -> accumulator &= each.operand();
        case 0x15 -> at += accumulator == each.operand() ? each.ifTrue() : each.ifFalse();
        case 0x06 -> {
          return each.operand();
        }
        default -> throw new AssertionError("an instruction that no filter may have: " + each);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {READ, MMAP, EXECVE})
  void letsThroughWhatEnginesNeed(int call) {
    assertThat(verdict(X86_64, call, 0)).isEqualTo(ALLOW);
  }

  @ParameterizedTest
  @ValueSource(ints = {IOCTL, SOCKET, FORK, KILL_CALL, PTRACE, UNSHARE, IO_URING_SETUP, CLONE3})
  void knowsNothingOfTheRest(int call) {
    assertThat(verdict(X86_64, call, 0)).isEqualTo(ENOSYS);
  }

  @Test
  void knowsNoCallBeyondItsList() {
    for (int call = 440; call < 2_000; call++) {
      assertThat(verdict(X86_64, call, 0)).isEqualTo(ENOSYS);
    }
    assertThat(verdict(X86_64, -1, 0)).isEqualTo(ENOSYS);
  }

  @Test
  void endsCallsOfAnotherArchitectureAndKnowsNoneOfTheOtherSize() {
    assertThat(verdict(I386, READ, 0)).isEqualTo(KILL);
    assertThat(verdict(0, READ, 0)).isEqualTo(KILL);
    assertThat(verdict(X86_64, X32 | READ, 0)).isEqualTo(ENOSYS);
  }

  @Test
  void makesThreadsAndNeitherProcessesNorNamespaces() {
    long thread = 0x3D0F00; // As glibc makes one.
    assertThat(verdict(X86_64, CLONE, thread)).isEqualTo(ALLOW);
    assertThat(verdict(X86_64, CLONE, 17)).isEqualTo(ENOSYS);
    for (int bit : new int[] {7, 17, 25, 26, 27, 28, 29, 30}) {
      boolean sound = (thread & 1L << bit) != 0;
      assertThat(verdict(X86_64, CLONE, thread | 1L << bit))
          .as("flag 1 << %d", bit)
          .isEqualTo(sound ? ALLOW : ENOSYS);
    }
  }

  @Test
  void letsAProcessNameItsThreadsAndItsMemory() {
    assertThat(verdict(X86_64, PRCTL, 15)).isEqualTo(ALLOW);
    assertThat(verdict(X86_64, PRCTL, 0x53564D41)).isEqualTo(ALLOW);
    for (int option = 0; option < 15; option++) {
      assertThat(verdict(X86_64, PRCTL, option)).isEqualTo(ENOSYS);
    }
  }
}
