package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.withDatasets;
import static io.teex.executor.testing.Tasks.withInput;
import static io.teex.executor.testing.Tasks.withLimits;
import static io.teex.executor.testing.Tasks.withWallTime;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.executor.instrument.Instrumented;
import io.teex.executor.testing.Examples;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A guest reads data sets by range, and no more of them leaves the worker than it reads. */
@ParameterizedClass
@EnumSource(EngineKind.class)
final class DatasetTest {
  @Parameter EngineKind engine;

  private static final Instrumented RANGES = Examples.instrumented("hostile/ranges");
  private static final int NEVER = -1;
  private static ProcessExecutor executor;

  @BeforeParameterizedClassInvocation
  static void start(EngineKind engine) {
    executor = ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(engine));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    executor.close();
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] written(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.position()];
    buffer.get(0, bytes);
    return bytes;
  }

  private static byte[] range(int dataset, long offset, int length) {
    return written(littleEndian(16).putInt(dataset).putLong(offset).putInt(length));
  }

  private static Task task(byte[] ranges, Dataset... datasets) {
    Task task = withLimits(aTask(), 1_000_000_000, 256 << 20, 32 << 20);
    return withDatasets(withInput(task, SecretBytes.copyOf(ranges)), datasets);
  }

  private static Result run(Task task) throws InterruptedException {
    return executor.run(job("user", RANGES, Isolation.SESSION), task);
  }

  /** A data set of which every byte follows from its place. */
  private static class Counted implements Dataset {
    final AtomicLong bytes = new AtomicLong();
    final AtomicInteger reads = new AtomicInteger();
    private final long size;

    Counted(long size) {
      this.size = size;
    }

    static byte at(long place) {
      return (byte) ((place * 0x9E3779B97F4A7C15L) >>> 56);
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public SecretBytes read(long offset, int length) {
      assertThat(offset + length).isLessThanOrEqualTo(size);
      reads.incrementAndGet();
      bytes.addAndGet(length);
      byte[] range = new byte[length];
      for (int i = 0; i < length; i++) {
        range[i] = at(offset + i);
      }
      return SecretBytes.owned(range);
    }

    @Override
    public void close() {}
  }

  private static void expect(ByteBuffer output, long offset, int count) {
    assertThat(output.getInt()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      if (output.get() != Counted.at(offset + i)) {
        throw new AssertionError("byte %d from %d on differs".formatted(i, offset));
      }
    }
  }

  private static ByteBuffer output(Result result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
    return ByteBuffer.wrap(result.output().expose()).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void readsAnyRange() throws InterruptedException {
    long seed = new Random().nextLong();
    System.out.println("DatasetTest seed " + seed);
    Random random = new Random(seed);
    long[] sizes = {1, 65_536, 3_000_001, 5L << 40};
    Counted[] datasets = new Counted[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      datasets[i] = new Counted(sizes[i]);
    }
    int[] lengths = {0, 1, 16, 65_535, 65_536, 65_537, 200_000, 1 << 20, (1 << 20) + 1, 2_000_000};
    ByteBuffer ranges = littleEndian(16 * 40);
    while (ranges.hasRemaining()) {
      int dataset = random.nextInt(sizes.length);
      ranges
          .putInt(dataset)
          .putLong(random.nextLong(sizes[dataset] + 1))
          .putInt(lengths[random.nextInt(lengths.length)]);
    }

    ByteBuffer output = output(run(task(written(ranges), datasets)));

    for (ranges.flip(); ranges.hasRemaining(); ) {
      long size = sizes[ranges.getInt()];
      long offset = ranges.getLong();
      expect(output, offset, (int) Math.min(ranges.getInt(), size - offset));
    }
    assertThat(output.hasRemaining()).isFalse();
  }

  @Test
  void asksForNoMoreThanTheBlocksAroundWhatTheGuestReads() throws InterruptedException {
    Counted huge = new Counted(1L << 44);
    ByteBuffer ranges = littleEndian(16 * 1000);
    for (int i = 0; i < 1000; i++) {
      ranges.putInt(0).putLong((1L << 43) + 100L * i).putInt(100);
    }

    output(run(task(written(ranges), huge)));

    assertThat(huge.reads).hasValue(2);
    assertThat(huge.bytes).hasValue(2 << 16);
  }

  @Test
  void chargesForARangeWhateverWasAskedForBefore() throws InterruptedException {
    byte[] far = range(0, 1 << 20, 100);
    byte[] near = range(0, 0, 100);
    byte[] twice = written(littleEndian(32).put(near).put(near));
    byte[] apart = written(littleEndian(32).put(near).put(far));

    assertThat(run(task(twice, new Counted(1 << 21))).fuel())
        .isEqualTo(run(task(apart, new Counted(1 << 21))).fuel());
  }

  @Test
  void answersRangesThatAreNoneWithoutAskingForThem() throws InterruptedException {
    Counted data = new Counted(100);
    ByteBuffer ranges =
        littleEndian(16 * 5)
            .put(range(0, 100, 8))
            .put(range(0, Long.MAX_VALUE, 8))
            .put(range(0, -1, 8))
            .put(range(1, 0, 8))
            .put(range(-1, 0, 8));

    ByteBuffer output = output(run(task(written(ranges), data)));

    int[] answers = {0, 0, NEVER, NEVER, NEVER};
    for (int answer : answers) {
      assertThat(output.getInt()).isEqualTo(answer);
    }
    assertThat(data.reads).hasValue(0);
  }

  @Test
  void endsWithWhatADataSetFailedWith() {
    Dataset tampered =
        new Counted(100) {
          @Override
          public SecretBytes read(long offset, int length) {
            throw new TeexException(ErrorCode.BLOB_TAMPERED, "chunk 0 is not what was sealed");
          }
        };

    TeexException failure =
        catchThrowableOfType(TeexException.class, () -> run(task(range(0, 0, 1), tampered)));

    assertThat(failure.code()).isEqualTo(ErrorCode.BLOB_TAMPERED);
  }

  @Test
  void usesNoDataSetOnceTheTaskHasEnded() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    AtomicBoolean reading = new AtomicBoolean();
    Dataset slow =
        new Counted(100) {
          @Override
          public SecretBytes read(long offset, int length) {
            reading.set(true);
            asked.countDown();
            try {
              new CountDownLatch(1).await();
              throw new AssertionError("nobody counts down");
            } catch (InterruptedException e) {
              reading.set(false);
              throw new TeexException(ErrorCode.UNAVAILABLE, "interrupted", e);
            }
          }
        };

    Result result = run(withWallTime(task(range(0, 0, 1), slow), Duration.ofMillis(500)));

    assertThat(result.outcome()).isEqualTo(Outcome.OUT_OF_TIME);
    assertThat(asked.getCount()).isZero();
    assertThat(reading).isFalse();
  }
}
