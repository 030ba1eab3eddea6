package io.teex.executor.endive;

import io.teex.executor.instrument.Meters;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.GlobalInstance;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;

/** What one task sees and leaves: its memory, its meters and its output. */
final class Guest {
  private static final byte[] NEWLINE = {'\n'};

  private final GuestTask task;
  private final Consumer<byte[]> log;
  private @Nullable Memory memory;
  private @Nullable GlobalInstance fuel;
  private @Nullable GlobalInstance reason;
  private byte[] output = new byte[1024];
  private int outputSize;

  Guest(GuestTask task, Consumer<byte[]> log) {
    this.task = task;
    this.log = log;
  }

  GuestTask task() {
    return task;
  }

  void attach(Instance instance) {
    memory = instance.memory();
    fuel = instance.exports().global(Meters.FUEL);
    reason = instance.exports().global(Meters.REASON);
  }

  /** Charges for one host call that moves {@code bytes} bytes. */
  void charge(long bytes) {
    take(task.hostCallCost() + (bytes + 7) / 8 * task.eightBytesCost());
  }

  /** Takes fuel for what the host did. */
  void take(long cost) {
    GlobalInstance meter = attached(fuel);
    long left = meter.getValue() - cost;
    meter.setValue(left);
    if (left < 0) {
      attached(reason).setValue(Meters.REASON_FUEL);
      throw new Ending(Ending.OUT_OF_FUEL, 0);
    }
  }

  /** Whether the bytes lie in the guest's memory; pointer and size are unsigned. */
  boolean holds(int pointer, int size) {
    return Integer.toUnsignedLong(pointer) + Integer.toUnsignedLong(size) <= memoryBytes();
  }

  Memory memory() {
    return attached(memory);
  }

  long memoryBytes() {
    return memory == null ? 0 : (long) memory.pages() * Memory.PAGE_SIZE;
  }

  long fuelLeft() {
    return fuel == null ? task.fuelLimit() : fuel.getValue();
  }

  int reason() {
    return reason == null ? Meters.REASON_NONE : (int) reason.getValue();
  }

  byte[] output() {
    return Arrays.copyOf(output, outputSize);
  }

  /** Appends bytes of the guest's memory, where they are known to be, to its output. */
  void write(int pointer, int count) {
    long size = (long) outputSize + count;
    if (size > task.outputBytesMax()) {
      throw new Ending(Ending.OUTPUT_TOO_LARGE, 0);
    }
    if (size > output.length) {
      output =
          Arrays.copyOf(
              output, (int) Math.min(task.outputBytesMax(), Math.max(size, 2L * output.length)));
    }
    if (count > 0) {
      System.arraycopy(memory().readBytes(pointer, count), 0, output, outputSize, count);
    }
    outputSize += count;
  }

  /** Logs bytes of the guest's memory, where they are known to be. */
  void log(int pointer, int count) {
    if (count > 0) {
      log.accept(memory().readBytes(pointer, count));
    }
  }

  void endLogLine() {
    log.accept(NEWLINE);
  }

  private static <T> T attached(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the instance is not there yet");
    }
    return part;
  }
}
