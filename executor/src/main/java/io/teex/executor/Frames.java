package io.teex.executor;

import io.teex.executor.instrument.CostClass;
import io.teex.executor.instrument.CostTable;
import io.teex.executor.instrument.Instrumented;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes on the pipe, the worker's side; {@code main.js} is the other. The process behind it may
 * be in a stranger's hands, so every answer is bounded before it is read and every number checked
 * against what was asked.
 */
final class Frames {
  private static final int IMAGE = 1;
  private static final int TASK = 2;
  private static final int RANGE = 3;
  private static final int INFERRED = 4;
  private static final int READY = 10;
  private static final int LOADED = 11;
  private static final int DONE = 12;
  private static final int READ = 13;
  private static final int LOG = 14;
  private static final int INFER = 15;
  private static final int READ_BYTES = 16;
  private static final int INFER_HEAD_BYTES = 16;
  private static final int INFERRED_HEAD_BYTES = 9;
  private static final int DONE_HEAD_BYTES = 25;
  private static final int ENGINE_NAME_BYTES_MAX = 64;

  private static final int EXIT_CODE_MAX = 255;

  static final int PAGE_BYTES = 1 << 16;

  private Frames() {}

  /** Bytes that a process of ours would not send. */
  static final class ProtocolException extends IOException {
    ProtocolException(String message) {
      super(message);
    }
  }

  /** The engine's name, which a process sends when it has started. */
  static String readReady(DataInputStream in) throws IOException {
    byte[] name = new byte[expect(in, READY, 0, ENGINE_NAME_BYTES_MAX)];
    in.readFully(name);
    return new String(name, StandardCharsets.US_ASCII).replaceAll("[^a-z0-9./-]", "?");
  }

  static void writeImage(DataOutputStream out, Instrumented module) throws IOException {
    out.writeByte(IMAGE);
    out.writeInt(module.module().size());
    out.flush();
    module.module().exposeTo(out::write);
    out.flush();
  }

  static void readLoaded(DataInputStream in) throws IOException {
    expect(in, LOADED, 0, 0);
  }

  static void writeTask(DataOutputStream out, Task task, int memoryPages) throws IOException {
    CostTable costs = CostTable.CURRENT;
    out.writeByte(TASK);
    out.writeLong(task.fuelLimit());
    out.writeInt(memoryPages);
    out.writeInt(task.outputBytesMax());
    out.writeInt(costs.cost(CostClass.HOST_CALL));
    out.writeInt(costs.cost(CostClass.BULK_EIGHT_BYTES));
    task.seed().exposeTo(out::write);
    out.writeInt(task.input().size());
    out.writeInt(task.datasets().size());
    for (Dataset dataset : task.datasets()) {
      out.writeLong(dataset.size());
    }
    task.input().exposeTo(out::write);
    out.flush();
  }

  /**
   * Answers the ranges of data sets and the calls of models that the process asks for, until it
   * says how the task ended.
   *
   * @throws TeexException if a data set could not be read
   */
  static Result serve(
      DataInputStream in,
      DataOutputStream out,
      Task task,
      int memoryPages,
      GuestLog log,
      InferenceServer inference)
      throws IOException {
    RangeServer ranges = new RangeServer(task);
    for (; ; ) {
      int kind = in.readUnsignedByte();
      switch (kind) {
        case READ -> answer(in, out, ranges);
        case INFER -> answer(in, out, inference);
        case LOG -> {
          byte[] part = new byte[size(in, LOG, 1, GuestLog.PART_BYTES_MAX)];
          in.readFully(part);
          log.show(part);
        }
        case DONE -> {
          return readResult(in, task, memoryPages, ranges.fuel() + inference.fuel());
        }
        default -> throw new ProtocolException("frame of kind %d during a task".formatted(kind));
      }
    }
  }

  private static void answer(DataInputStream in, DataOutputStream out, RangeServer ranges)
      throws IOException {
    size(in, READ, READ_BYTES, READ_BYTES);
    try (SecretBytes range = ranges.read(in.readInt(), in.readLong(), in.readInt())) {
      out.writeByte(RANGE);
      out.writeInt(range.size());
      range.exposeTo(out::write);
      out.flush();
    }
  }

  private static void answer(DataInputStream in, DataOutputStream out, InferenceServer inference)
      throws IOException {
    int sizeMax = INFER_HEAD_BYTES + InferenceServer.INPUT_BYTES_MAX;
    int size = size(in, INFER, INFER_HEAD_BYTES, sizeMax);
    int model = in.readInt();
    long fuelLeft = in.readLong();
    int room = in.readInt();
    byte[] inputs = new byte[size - INFER_HEAD_BYTES];
    in.readFully(inputs);
    InferenceServer.Answer answer = inference.infer(model, fuelLeft, room, inputs);
    Arrays.fill(inputs, (byte) 0);
    out.writeByte(INFERRED);
    out.writeInt(INFERRED_HEAD_BYTES + answer.outputs().length);
    out.writeByte(answer.status());
    out.writeLong(answer.fuel());
    out.write(answer.outputs());
    out.flush();
    Arrays.fill(answer.outputs(), (byte) 0);
  }

  /**
   * @param fuelMin of which the worker knows that it was used
   */
  private static Result readResult(DataInputStream in, Task task, int memoryPages, long fuelMin)
      throws IOException {
    size(in, DONE, DONE_HEAD_BYTES, DONE_HEAD_BYTES);
    Outcome outcome = outcome(in.readUnsignedByte());
    int detail = in.readInt();
    long fuel = in.readLong();
    long memoryBytes = in.readLong();
    int outputBytes = in.readInt();
    boolean failed = outcome == Outcome.ENGINE_FAILURE;
    if (fuel < 0 || fuel > task.fuelLimit() || (fuel < fuelMin && !failed)) {
      throw new ProtocolException("fuel beyond its limits");
    }
    if (memoryBytes < 0 || memoryBytes > (long) memoryPages * PAGE_BYTES) {
      throw new ProtocolException("memory beyond the limit");
    }
    if (outputBytes < 0
        || outputBytes > task.outputBytesMax()
        || (outputBytes > 0 && outcome != Outcome.COMPLETED)) {
      throw new ProtocolException("output beyond the limit");
    }
    byte[] output = new byte[outputBytes];
    in.readFully(output);
    return new Result(
        outcome, SecretBytes.owned(output), fuel, memoryBytes, message(outcome, detail, task));
  }

  private static int expect(DataInputStream in, int kind, int sizeMin, int sizeMax)
      throws IOException {
    int seen = in.readUnsignedByte();
    if (seen != kind) {
      throw new ProtocolException("frame of kind %d where %d is due".formatted(seen, kind));
    }
    return size(in, kind, sizeMin, sizeMax);
  }

  private static int size(DataInputStream in, int kind, int sizeMin, int sizeMax)
      throws IOException {
    int size = in.readInt();
    if (size < sizeMin || size > sizeMax) {
      throw new ProtocolException(
          "frame of kind %d with %d bytes where %d to %d are due"
              .formatted(kind, size, sizeMin, sizeMax));
    }
    return size;
  }

  private static Outcome outcome(int code) throws ProtocolException {
    for (Outcome outcome : Outcome.values()) {
      if (outcome.code() == code
          && outcome != Outcome.VOID
          && outcome != Outcome.INVALID_MODULE
          && outcome != Outcome.OUT_OF_TIME) {
        return outcome;
      }
    }
    throw new ProtocolException("outcome " + code);
  }

  private static String message(Outcome outcome, int detail, Task task) {
    return switch (outcome) {
      case COMPLETED -> "completed";
      case TRAP -> Trap.describe(detail);
      case OUT_OF_FUEL -> "used all of its %d fuel".formatted(task.fuelLimit());
      case OUT_OF_MEMORY -> outOfMemory(task);
      case DEPTH_EXCEEDED -> "used all of its call stack (endless recursion?)";
      case OUTPUT_TOO_LARGE ->
          "wrote more than the %d bytes of output allowed".formatted(task.outputBytesMax());
      case GUEST_EXIT -> "the service ended with exit code " + exitCode(detail);
      case OUT_OF_TIME, INVALID_MODULE, ENGINE_FAILURE, VOID -> "the engine failed";
    };
  }

  /** Eight bits, as elsewhere: more would be a way to say more than the output's limit allows. */
  private static String exitCode(int detail) {
    return detail >= 0 && detail <= EXIT_CODE_MAX ? Integer.toString(detail) : "above 255";
  }

  static String outOfMemory(Task task) {
    return "asked for more than the %d bytes of memory allowed".formatted(task.memoryBytes());
  }
}
