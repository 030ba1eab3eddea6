package io.teex.executor.instrument;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.withSeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.Executor;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.Job;
import io.teex.executor.ProcessExecutor;
import io.teex.executor.Result;
import io.teex.executor.Task;
import io.teex.protocol.Bytes;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What a guest could take for chance or time: it asks the whole host interface for both, and writes
 * out all of its memory, fresh pages included. Nothing else in WebAssembly can differ between two
 * runs: there are no addresses of the host, no threads, and NaNs are made canonical.
 */
class EntropyTest {
  private static final int PAGE = 1 << 16;
  private static final int ENOSYS = 52;
  private static final long NOW = 1_000_000_000_000_000_000L;
  private static final int RANDOM = 16;
  private static final int RANDOM_END = 48;
  private static final int CLOCKS_END = 80;
  private static Executor executor;

  @BeforeAll
  static void start() {
    executor = ProcessExecutor.start(ExecutorConfig.DEFAULT);
  }

  @AfterAll
  static void stop() {
    executor.close();
  }

  @Test
  void noClockMovesAndNobodySleeps() throws InterruptedException {
    ByteBuffer memory = ByteBuffer.wrap(run("alice", aTask())).order(ByteOrder.LITTLE_ENDIAN);

    assertThat(memory.getInt(0)).as("poll_oneoff").isEqualTo(ENOSYS);
    assertThat(memory.getInt(4)).as("sched_yield").isZero();
    for (int clock = 0; clock < 4; clock++) {
      assertThat(memory.getLong(RANDOM_END + 8 * clock)).as("clock %d", clock).isEqualTo(NOW);
    }
  }

  @Test
  void allRandomnessComesFromTheTasksSeed() throws InterruptedException {
    byte[] first = run("alice", aTask());

    assertThat(run("alice", aTask())).as("in the same process").isEqualTo(first);
    assertThat(run("bob", aTask())).as("in another one").isEqualTo(first);

    byte[] seed = new byte[Task.SEED_BYTES];
    seed[31] = 1;
    byte[] other = run("alice", withSeed(aTask(), SecretBytes.copyOf(seed)));
    assertThat(random(other)).isNotEqualTo(random(first));
    assertThat(without(other, RANDOM, RANDOM_END)).isEqualTo(without(first, RANDOM, RANDOM_END));
  }

  @Test
  void memoryBeginsAndGrowsEmpty() throws InterruptedException {
    run("alice", aTask());

    byte[] memory = run("alice", aTask());

    assertThat(memory).hasSize(2 * PAGE);
    assertThat(without(memory, 0, CLOCKS_END)).containsOnly(0);
  }

  private static byte[] run(String user, Task task) throws InterruptedException {
    Job job =
        job(user, Instrumenter.instrument(module(), InstrumentOptions.DEFAULT), Isolation.SESSION);
    Result result = executor.run(job, task);
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
    return result.output().expose();
  }

  private static byte[] random(byte[] memory) {
    return Arrays.copyOfRange(memory, RANDOM, RANDOM_END);
  }

  private static byte[] without(byte[] memory, int from, int to) {
    byte[] rest = memory.clone();
    Arrays.fill(rest, from, to, (byte) 0);
    return rest;
  }

  private static byte[] module() {
    Bytes three = Bytes.of(new byte[] {WasmModule.I32, WasmModule.I64, WasmModule.I32});
    Bytes four = types(4);
    return ModuleBuilder.module()
        .types(
            type(Bytes.EMPTY, Bytes.EMPTY),
            type(three, types(1)),
            type(four, types(1)),
            type(types(2), types(1)),
            type(Bytes.EMPTY, types(1)))
        .section(
            2,
            ModuleBuilder.vector(
                imported("wasi_snapshot_preview1", "clock_time_get", 1),
                imported("wasi_snapshot_preview1", "random_get", 3),
                imported("wasi_snapshot_preview1", "poll_oneoff", 2),
                imported("wasi_snapshot_preview1", "sched_yield", 4),
                imported("teex", "output_write", 3)))
        .section(3, ModuleBuilder.vector(new WasmOutput(1).u32(0)))
        .section(5, ModuleBuilder.vector(new WasmOutput(4).u8(1).u32(1).u32(2)))
        .section(7, ModuleBuilder.vector(new WasmOutput(16).name("_start").u8(0).u32(5)))
        .section(10, ModuleBuilder.vector(new WasmOutput(64).sized(body())))
        .bytes();
  }

  private static WasmOutput body() {
    WasmOutput body = new WasmOutput(256).u32(0);
    // A sleep of one second on a clock, as libc would ask for it.
    store(call(constants(constant(body, 0), 512, 600, 1, 700), 2));
    store(call(constant(body, 4), 3));
    store(call(constants(constant(body, 8), RANDOM, RANDOM_END - RANDOM), 1));
    for (int clock = 0; clock < 4; clock++) {
      constant(body, clock);
      body.u8(0x42).signed(1);
      drop(call(constant(body, RANDOM_END + 8 * clock), 0));
    }
    drop(constant(body, 1).u8(0x40).u8(0));
    drop(call(constants(body, 0, 2 * PAGE), 4));
    return body.u8(Opcodes.END);
  }

  private static WasmOutput constants(WasmOutput body, int... values) {
    for (int value : values) {
      constant(body, value);
    }
    return body;
  }

  private static WasmOutput constant(WasmOutput body, int value) {
    return body.u8(0x41).signed(value);
  }

  private static WasmOutput call(WasmOutput body, int function) {
    return body.u8(0x10).u32(function);
  }

  private static void store(WasmOutput body) {
    body.u8(0x36).u32(2).u32(0);
  }

  private static void drop(WasmOutput body) {
    body.u8(0x1a);
  }

  private static WasmOutput imported(String module, String name, int type) {
    return new WasmOutput(64).name(module).name(name).u8(0).u32(type);
  }

  private static WasmOutput type(Bytes parameters, Bytes results) {
    return new WasmOutput(16).u8(0x60).types(parameters).types(results);
  }

  private static Bytes types(int count) {
    byte[] types = new byte[count];
    Arrays.fill(types, WasmModule.I32);
    return Bytes.of(types);
  }
}
