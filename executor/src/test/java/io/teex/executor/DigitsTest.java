package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.instrument.Instrumented;
import io.teex.executor.testing.Examples;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The digits example on digits that a seeded pen draws: strokes, shifted and blurred by chance. */
final class DigitsTest {
  private static final int SIDE = 28;
  private static final int PIXELS = SIDE * SIDE;
  private static final int TRAINING = 1_000;

  /**
   * Seven segments of a digit: top, upper left, upper right, middle, lower left and right, bottom.
   */
  private static final String[] SEGMENTS = {
    "1110111", "0010010", "1011101", "1011011", "0111010",
    "1101011", "1101111", "1010010", "1111111", "1111011"
  };

  private static byte[] draw(int digit, Random random) {
    byte[] pixels = new byte[PIXELS];
    int left = 8 + random.nextInt(3);
    int top = 4 + random.nextInt(3);
    int[][] strokes = {
      {0, 0, 8, 0},
      {0, 0, 0, 8},
      {8, 0, 8, 8},
      {0, 8, 8, 8},
      {0, 8, 0, 16},
      {8, 8, 8, 16},
      {0, 16, 8, 16}
    };
    for (int i = 0; i < strokes.length; i++) {
      if (SEGMENTS[digit].charAt(i) == '1') {
        int[] s = strokes[i];
        for (int step = 0; step <= 8; step++) {
          int x = left + s[0] + (s[2] - s[0]) * step / 8;
          int y = top + s[1] + (s[3] - s[1]) * step / 8;
          pixels[y * SIDE + x] = (byte) (200 + random.nextInt(56));
          pixels[y * SIDE + x + 1] = (byte) (100 + random.nextInt(156));
          pixels[(y + 1) * SIDE + x] = (byte) (100 + random.nextInt(156));
        }
      }
    }
    return pixels;
  }

  private static SecretBytes trainingData(Random random) {
    ByteBuffer data =
        ByteBuffer.allocate(8 + TRAINING * (1 + PIXELS)).order(ByteOrder.LITTLE_ENDIAN);
    data.put("TXD1".getBytes(StandardCharsets.US_ASCII)).putInt(TRAINING);
    for (int i = 0; i < TRAINING; i++) {
      data.put((byte) (i % 10)).put(draw(i % 10, random));
    }
    return SecretBytes.owned(data.array());
  }

  @Test
  void tellsDigitsThatItHasNotSeen() throws InterruptedException {
    Random random = new Random(1);
    SecretBytes data = trainingData(random);
    Job job = job("user", Examples.instrumented("digits/digits"), Isolation.SESSION);
    int right = 0;
    try (Executor executor = ProcessExecutor.start(ExecutorConfig.DEFAULT)) {
      for (int i = 0; i < 50; i++) {
        Task task = withInput(aTask(), SecretBytes.owned(draw(i % 10, random)), data);

        Result result = executor.run(job, task);

        assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
        String line = new String(result.output().expose(), StandardCharsets.US_ASCII);
        assertThat(line).matches("label=\\d votes=[1-5]/5\n");
        right += line.charAt(6) - '0' == i % 10 ? 1 : 0;
      }
    }

    assertThat(right).isGreaterThanOrEqualTo(45);
  }

  @Test
  void failsOnWhatIsNoDigitOrNoData() throws InterruptedException {
    Instrumented digits = Examples.instrumented("digits/digits");
    SecretBytes digit = SecretBytes.copyOf(new byte[PIXELS]);
    try (Executor executor = ProcessExecutor.start(ExecutorConfig.DEFAULT)) {
      Job job = job("user", digits, Isolation.SESSION);

      assertThat(executor.run(job, withInput(aTask(), text("short"), digit)).outcome())
          .isEqualTo(Outcome.GUEST_EXIT);
      assertThat(executor.run(job, withInput(aTask(), digit)).outcome())
          .isEqualTo(Outcome.GUEST_EXIT);
      assertThat(executor.run(job, withInput(aTask(), digit, text("TXD1 not so"))).outcome())
          .isEqualTo(Outcome.GUEST_EXIT);
    }
  }
}
