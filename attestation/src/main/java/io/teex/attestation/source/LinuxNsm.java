package io.teex.attestation.source;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The security module as Linux shows it. One ioctl takes two vectors, of the request and of room
 * for the answer, and sets the length of the second. Needs {@code --enable-native-access}.
 *
 * @see <a
 *     href="https://github.com/torvalds/linux/blob/master/include/uapi/linux/nsm.h">linux/nsm.h</a>
 */
final class LinuxNsm implements NsmDevice {
  /** {@code _IOWR(0x0A, 0, struct nsm_raw)}, of which the size is 32. */
  private static final long NSM_IOCTL_RAW = 0xC020_0A00L;

  private static final int O_RDWR_CLOEXEC = 2 | 0x80000;
  private static final int RESPONSE_SIZE_MAX = 0x3000;
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final String device;
  private final MethodHandle open;
  private final MethodHandle ioctl;
  private final MethodHandle close;

  /**
   * @param device such as {@code /dev/nsm}
   */
  LinuxNsm(String device) {
    this.device = device;
    this.open = variadic("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
    this.ioctl = variadic("ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));
    this.close = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  }

  /** In C, what follows the second argument of both functions is {@code ...}. */
  private static MethodHandle variadic(String name, FunctionDescriptor shape) {
    return function(name, shape, Linker.Option.firstVariadicArg(2));
  }

  @SuppressWarnings("restricted") // There is no other way to an ioctl.
  private static MethodHandle function(
      String name, FunctionDescriptor shape, Linker.Option... more) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] options = Arrays.copyOf(more, more.length + 1);
    options[more.length] = Linker.Option.captureCallState("errno");
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape, options);
  }

  @Override
  public byte[] call(byte[] request) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(CALL_STATE);
      int file = result(open.invoke(state, arena.allocateFrom(device), O_RDWR_CLOEXEC, 0), state);
      try {
        MemorySegment room = arena.allocate(RESPONSE_SIZE_MAX);
        MemorySegment message = arena.allocate(JAVA_LONG, 4);
        message.setAtIndex(JAVA_LONG, 0, arena.allocateFrom(JAVA_BYTE, request).address());
        message.setAtIndex(JAVA_LONG, 1, request.length);
        message.setAtIndex(JAVA_LONG, 2, room.address());
        message.setAtIndex(JAVA_LONG, 3, RESPONSE_SIZE_MAX);
        var _ = result(ioctl.invoke(state, file, NSM_IOCTL_RAW, message), state);
        long size = message.getAtIndex(JAVA_LONG, 3);
        if (size < 0 || size > RESPONSE_SIZE_MAX) {
          throw new IOException("%s answered with %d bytes".formatted(device, size));
        }
        return room.asSlice(0, size).toArray(JAVA_BYTE);
      } finally {
        var _ = close.invoke(state, file);
      }
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a native call throws nothing", e);
    }
  }

  private int result(Object result, MemorySegment state) throws IOException {
    int value = (int) result;
    if (value < 0) {
      throw new IOException("%s: error %d".formatted(device, (int) ERRNO.get(state, 0L)));
    }
    return value;
  }
}
