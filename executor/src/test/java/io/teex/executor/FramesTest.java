package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A process in a stranger's hands writes what it likes; the worker believes only what can be. */
final class FramesTest {
  private static final int DONE = 12;
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

  private static Result read(byte[] bytes) throws IOException {
    return Frames.readResult(new DataInputStream(new ByteArrayInputStream(bytes)), aTask(), PAGES);
  }

  @Test
  void readsAResult() throws IOException {
    Result result = read(done(Outcome.COMPLETED.code(), 5, 65_536, 3, new byte[] {1, 2, 3}));

    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.output().expose()).containsExactly(1, 2, 3);
    assertThat(result.fuel()).isEqualTo(5);
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
        bytes[0] = DONE;
        bytes[1] = 0;
        bytes[2] = 0;
        bytes[3] = 0;
        bytes[4] = 25;
      }
      try {
        assertThat(read(bytes).fuel()).isBetween(0L, aTask().fuelLimit());
      } catch (IOException e) {
        // Refused, as nearly all of them are.
      }
    }
  }
}
