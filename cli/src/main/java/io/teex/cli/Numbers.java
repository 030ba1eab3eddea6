package io.teex.cli;

import io.teex.protocol.DatasetShape;
import io.teex.protocol.Profile;
import java.util.function.LongFunction;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers as people type them, within what each of them can mean. */
abstract class Numbers<N extends Number> implements ITypeConverter<N> {
  private final long min;
  private final long max;
  private final LongFunction<N> typed;

  private Numbers(long min, long max, LongFunction<N> typed) {
    this.min = min;
    this.max = max;
    this.typed = typed;
  }

  @Override
  public N convert(String text) {
    try {
      long number = Long.parseLong(text.replace("_", ""));
      if (number >= min && number <= max) {
        return typed.apply(number);
      }
    } catch (NumberFormatException e) {
      // It is told below, like a number that is out of range.
    }
    throw new TypeConversionException(
        "seen '%s', expected a whole number from %d to %d".formatted(text, min, max));
  }

  static final class Lane extends Numbers<Integer> {
    Lane() {
      super(0, Integer.MAX_VALUE, number -> (int) number);
    }
  }

  /** In a file. */
  static final class Offset extends Numbers<Long> {
    Offset() {
      super(0, Long.MAX_VALUE, number -> number);
    }
  }

  static final class ChunkBytes extends Numbers<Integer> {
    ChunkBytes() {
      super(DatasetShape.CHUNK_BYTES_MIN, DatasetShape.CHUNK_BYTES_MAX, number -> (int) number);
    }
  }

  /** For a task; the dispatcher may want less. */
  static final class Seconds extends Numbers<Integer> {
    Seconds() {
      super(1, 86_400, number -> (int) number);
    }
  }

  static final class Days extends Numbers<Integer> {
    Days() {
      super(1, 3_650, number -> (int) number);
    }
  }

  /** Of one settlement; receipts that are counted, not executed. */
  static final class Tasks extends Numbers<Integer> {
    Tasks() {
      super(1, 1_000_000, number -> (int) number);
    }
  }

  /** As many as fit into one transaction. */
  static final class Accounts extends Numbers<Integer> {
    Accounts() {
      super(2, 384, number -> (int) number);
    }
  }

  /** Of a dispatcher's batches, from the first one on. */
  static final class Batch extends Numbers<Long> {
    Batch() {
      super(1, Long.MAX_VALUE, number -> number);
    }
  }

  static final class Port extends Numbers<Integer> {
    Port() {
      super(0, 65_535, number -> (int) number);
    }
  }

  /** Up to all that 32-bit WebAssembly can address. */
  static final class MemoryMib extends Numbers<Integer> {
    MemoryMib() {
      super(1, 4_096, number -> (int) number);
    }
  }

  static final class Fuel extends Numbers<Long> {
    Fuel() {
      super(1, 1_000_000_000_000_000L, number -> number);
    }
  }

  static final class OutputBytes extends Numbers<Long> {
    OutputBytes() {
      super(0, 1 << 30, number -> number);
    }
  }

  /** As {@link io.teex.protocol.Profile} has it. */
  static final class ResponseStep extends Numbers<Integer> {
    ResponseStep() {
      super(Profile.STEP_MILLIS_MIN, Profile.STEP_MILLIS_MAX, number -> (int) number);
    }
  }

  static final class Uses extends Numbers<Long> {
    Uses() {
      super(1, 1_000_000_000, number -> number);
    }
  }
}
