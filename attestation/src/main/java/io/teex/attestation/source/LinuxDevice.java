package io.teex.attestation.source;

import static java.lang.foreign.ValueLayout.ADDRESS;
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

/** A device file of Linux that is spoken to by ioctl. Needs {@code --enable-native-access}. */
final class LinuxDevice {
  private static final int O_RDWR_CLOEXEC = 2 | 0x80000;
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final String path;
  private final MethodHandle open;
  private final MethodHandle ioctl;
  private final MethodHandle close;

  /**
   * @param path such as {@code /dev/nsm}
   */
  LinuxDevice(String path) {
    this.path = path;
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

  /**
   * Opens the device for one request, which reads and writes {@code message} and what that points
   * to.
   */
  void ioctl(long request, MemorySegment message, Arena arena) throws IOException {
    try {
      MemorySegment state = arena.allocate(CALL_STATE);
      int file = result(open.invoke(state, arena.allocateFrom(path), O_RDWR_CLOEXEC, 0), state);
      try {
        var _ = result(ioctl.invoke(state, file, request, message), state);
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
      throw new IOException("%s: error %d".formatted(path, (int) ERRNO.get(state, 0L)));
    }
    return value;
  }

  @Override
  public String toString() {
    return path;
  }
}
