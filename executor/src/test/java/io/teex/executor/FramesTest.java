package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static io.teex.executor.testing.Tasks.withLimits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.executor.testing.Examples;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A process in a stranger's hands writes what it likes; the worker believes only what can be. */
final class FramesTest {
  private static final int DONE = 12;
  private static final int READ = 13;
  private static final int LOG = 14;
  private static final int INFER = 15;
  private static final int PAGES = 16;

  private static byte[] done(int outcome, long fuel, long memory, int outputSize, byte[] output)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(DONE);
    out.writeInt(25);
    out.writeByte(outcome);
    out.writeInt(0);
    out.writeLong(fuel);
    out.writeLong(memory);
    out.writeInt(outputSize);
    out.write(output);
    return bytes.toByteArray();
  }

  private static final InferenceSession NO_INFERENCE =
      new InferenceSession(
          new Inference(
              ExecutorConfig.DEFAULT,
              directory -> {
                throw new AssertionError("no model is asked");
              }),
          job("u", Examples.instrumented("noop/noop"), Isolation.PROCESS));

  private static Result read(byte[] bytes) throws IOException {
    return serve(bytes, aTask(), new ByteArrayOutputStream());
  }

  private static Result serve(byte[] bytes, Task task, ByteArrayOutputStream answers)
      throws IOException {
    return serve(bytes, task, answers, GuestLog.NONE);
  }

  private static Result serve(byte[] bytes, Task task, ByteArrayOutputStream answers, GuestLog log)
      throws IOException {
    return Frames.serve(
        new DataInputStream(new ByteArrayInputStream(bytes)),
        new DataOutputStream(answers),
        task,
        PAGES,
        log,
        new InferenceServer(task, List.of(), NO_INFERENCE));
  }

  private static byte[] logged(int size) {
    return ByteBuffer.allocate(5 + size).put((byte) LOG).putInt(size).array();
  }

  private static byte[] question(int dataset, long offset, int length) {
    return ByteBuffer.allocate(21)
        .put((byte) READ)
        .putInt(16)
        .putInt(dataset)
        .putLong(offset)
        .putInt(length)
        .array();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static Task withData(long fuel) {
    return withInput(withLimits(aTask(), fuel, 1 << 20, 100), text(""), text("the data"));
  }

  @Test
  void readsAResult() throws IOException {
    Result result = read(done(Outcome.COMPLETED.code(), 5, 65_536, 3, new byte[] {1, 2, 3}));

    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.output().expose()).containsExactly(1, 2, 3);
    assertThat(result.fuel()).isEqualTo(5);
  }

  @Test
  void showsALogWhereItIsWanted() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    byte[] done = done(Outcome.COMPLETED.code(), 5, 0, 0, new byte[0]);

    serve(
        joined(logged(3), logged(GuestLog.PART_BYTES_MAX), done),
        aTask(),
        new ByteArrayOutputStream(),
        part -> sizes.add(part.length));

    assertThat(sizes).containsExactly(3, GuestLog.PART_BYTES_MAX);
  }

  @Test
  void refusesALogWhereNoneIsShownAndOneThatIsTooLong() {
    assertThatThrownBy(() -> read(logged(3))).isInstanceOf(Frames.ProtocolException.class);
    for (int size : new int[] {0, GuestLog.PART_BYTES_MAX + 1}) {
      assertThatThrownBy(
              () -> serve(logged(size), aTask(), new ByteArrayOutputStream(), part -> {}))
          .isInstanceOf(Frames.ProtocolException.class);
    }
  }

  @Test
  void refusesResultsBeyondTheTasksLimits() {
    Task task = aTask();
    assertThatThrownBy(() -> read(done(0, task.fuelLimit() + 1, 0, 0, new byte[0])))
        .isInstanceOf(Frames.ProtocolException.class);
    assertThatThrownBy(() -> read(done(0, -1, 0, 0, new byte[0])))
        .isInstanceOf(Frames.ProtocolException.class);
    assertThatThrownBy(() -> read(done(0, 0, PAGES * 65_536L + 1, 0, new byte[0])))
        .isInstanceOf(Frames.ProtocolException.class);
    assertThatThrownBy(() -> read(done(0, 0, 0, task.outputBytesMax() + 1, new byte[0])))
        .isInstanceOf(Frames.ProtocolException.class);
    assertThatThrownBy(() -> read(done(0, 0, 0, -1, new byte[0])))
        .isInstanceOf(Frames.ProtocolException.class);
    assertThatThrownBy(() -> read(done(Outcome.TRAP.code(), 0, 0, 1, new byte[1])))
        .isInstanceOf(Frames.ProtocolException.class);
  }

  @Test
  void answersTheRangesThatATaskMayRead() throws IOException {
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    byte[] done = done(Outcome.COMPLETED.code(), 2048, 0, 0, new byte[0]);

    serve(joined(question(0, 4, 4), question(0, 0, 1), done), withData(4096), answers);

    assertThat(answers.toByteArray())
        .isEqualTo(new byte[] {3, 0, 0, 0, 4, 'd', 'a', 't', 'a', 3, 0, 0, 0, 1, 't'});
  }

  @Test
  void refusesRangesThatNoProcessOfOursAsksFor() {
    byte[][] wrong = {
      question(1, 0, 1),
      question(-1, 0, 1),
      question(0, 0, 0),
      question(0, 0, -1),
      question(0, -1, 1),
      question(0, 8, 1),
      question(0, 7, 2),
      question(0, Long.MAX_VALUE, 1),
      question(0, 0, Dataset.RANGE_BYTES_MAX + 1),
      question(0, 0, Integer.MAX_VALUE),
      {READ, 0, 0, 0, 17},
      {READ, 0, 0, 0, 15},
    };
    for (byte[] bytes : wrong) {
      ByteArrayOutputStream answers = new ByteArrayOutputStream();

      assertThatThrownBy(() -> serve(bytes, withData(1 << 20), answers))
          .isInstanceOf(Frames.ProtocolException.class);
      assertThat(answers.size()).isZero();
    }
  }

  @Test
  void refusesMoreRangesThanFuelPaysFor() throws IOException {
    byte[] three = joined(question(0, 0, 1), question(0, 0, 1), question(0, 0, 1));

    assertThatThrownBy(() -> serve(three, withData(1024), new ByteArrayOutputStream()))
        .isInstanceOf(Frames.ProtocolException.class)
        .hasMessageContaining("fuel");
  }

  @Test
  void refusesAResultThatCountsLessFuelThanItsRangesCost() throws IOException {
    byte[] cheap =
        joined(question(0, 0, 1), done(Outcome.COMPLETED.code(), 511, 0, 0, new byte[0]));

    assertThatThrownBy(() -> serve(cheap, withData(4096), new ByteArrayOutputStream()))
        .isInstanceOf(Frames.ProtocolException.class)
        .hasMessageContaining("fuel");
  }

  @Test
  void refusesFramesThatAreNotDue() {
    for (int kind = 0; kind < 256; kind++) {
      byte[] frame = {(byte) kind, 0, 0, 0, 0};
      if (kind != DONE && kind != READ && kind != LOG && kind != INFER) {
        assertThatThrownBy(() -> read(frame))
            .isInstanceOf(Frames.ProtocolException.class)
            .hasMessageContaining("during a task");
      }
    }
  }

  @Test
  void refusesOutcomesThatAreNotTheProcessesToTell() {
    for (Outcome outcome :
        new Outcome[] {Outcome.VOID, Outcome.OUT_OF_TIME, Outcome.INVALID_MODULE}) {
      assertThatThrownBy(() -> read(done(outcome.code(), 0, 0, 0, new byte[0])))
          .isInstanceOf(Frames.ProtocolException.class);
    }
  }

  @Test
  void survivesAnyBytes() {
    long seed = new Random().nextLong();
    System.out.println("FramesTest seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(64)];
      random.nextBytes(bytes);
      if (bytes.length > 5 && random.nextBoolean()) {
        boolean done = random.nextBoolean();
        bytes[0] = (byte) (done ? DONE : READ);
        bytes[1] = 0;
        bytes[2] = 0;
        bytes[3] = 0;
        bytes[4] = (byte) (done ? 25 : 16);
      }
      if (random.nextBoolean()) {
        bytes = joined(question(0, random.nextInt(9), random.nextInt(9)), bytes);
      }
      try {
        assertThat(serve(bytes, withData(4096), new ByteArrayOutputStream()).fuel())
            .isBetween(0L, 4096L);
      } catch (IOException e) {
        // Refused, as nearly all of them are.
      }
    }
  }
}
