package io.teex.executor.instrument;

/**
 * What instrumentation builds into a module, so part of what an instrumented module is cached by.
 *
 * @param memoryPagesMax the clamp: pages of 64 KiB that no task of this module may exceed; a task's
 *     own limit is lower or equal and set at run time
 * @param stackBytesMax bytes of call stack, charged by the size of each frame; engines need a
 *     native stack of at least this size
 */
public record InstrumentOptions(int memoryPagesMax, int stackBytesMax) {
  /** 1 GiB of memory and 8 MiB of call stack. */
  public static final InstrumentOptions DEFAULT = new InstrumentOptions(16_384, 8 << 20);

  public InstrumentOptions {
    if (memoryPagesMax < 1 || memoryPagesMax > 65_536) {
      throw new IllegalArgumentException("memoryPagesMax must be 1 to 65536, is " + memoryPagesMax);
    }
    if (stackBytesMax < 1 << 16
        || stackBytesMax > FuelWord.STACK_BYTES_MAX
        || stackBytesMax % FuelWord.STACK_UNIT_BYTES != 0) {
      throw new IllegalArgumentException(
          "stackBytesMax must be 64 KiB to 8 MiB, in units of 128 bytes, is " + stackBytesMax);
    }
  }
}
