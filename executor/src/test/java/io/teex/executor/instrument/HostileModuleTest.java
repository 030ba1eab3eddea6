package io.teex.executor.instrument;

import static io.teex.executor.instrument.ModuleBuilder.body;
import static io.teex.executor.instrument.ModuleBuilder.module;
import static io.teex.executor.instrument.ModuleBuilder.repeated;
import static io.teex.executor.instrument.ModuleBuilder.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.TeexException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;

/** Modules that are valid and mean no good: at the limits, and still metered in bounded time. */
@Timeout(300)
final class HostileModuleTest {
  private static final WasmOutput NOTHING =
      new WasmOutput(4).u8(0x60).types(Bytes.EMPTY).types(Bytes.EMPTY);

  /** A module of one function type, whose functions all have the same body. */
  private static byte[] functions(int count, Consumer<WasmOutput> writesBody) {
    WasmOutput body = new WasmOutput(1 << 16);
    writesBody.accept(body);
    return module()
        .types(NOTHING)
        .section(3, repeated(count, new WasmOutput(1).u32(0)))
        .section(10, repeated(count, new WasmOutput(body.size() + 8).sized(body)))
        .bytes();
  }

  /** CPU time, so that a busy machine does not matter; what must not happen is minutes. */
  private static void isMeteredInTime(byte[] wasm) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begin = threads.getCurrentThreadCpuTime();
    Instrumenter.instrument(
        ImageCheck.readAny(wasm, new HostInterface()), InstrumentOptions.DEFAULT);
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - begin))
        .isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void metersAsManyLoopsAsMayBeNestedInEachOther() {
    isMeteredInTime(
        functions(
            20,
            body -> {
              body.u32(0);
              for (int i = 0; i < 1_900; i++) {
                body.u8(Opcodes.LOOP).u8(0x40).u8(Opcodes.I32_CONST).u8(0);
                body.u8(Opcodes.BR_IF).u32(i / 2);
              }
              for (int i = 0; i <= 1_900; i++) {
                body.u8(Opcodes.END);
              }
            }));
  }

  @Test
  void metersTablesOfBranchesThatAllLeadEverywhere() {
    isMeteredInTime(
        functions(
            4,
            body -> {
              body.u32(0);
              for (int i = 0; i < 300; i++) {
                body.u8(Opcodes.BLOCK).u8(0x40);
              }
              for (int i = 300; i > 0; i--) {
                body.u8(Opcodes.I32_CONST).u8(0).u8(Opcodes.BR_TABLE).u32(i - 1);
                for (int label = 0; label < i; label++) {
                  body.u32(label);
                }
                body.u8(Opcodes.END);
              }
              body.u8(Opcodes.END);
            }));
  }

  @Test
  void metersLocalsThatKeepChangingWhatTheyHold() {
    // Each local is set from the next one, whose set comes later: one pass settles one of them.
    isMeteredInTime(
        functions(
            4,
            body -> {
              body.u32(1).u32(5_000).u8(WasmModule.F64);
              for (int i = 0; i < 4_999; i++) {
                body.u8(Opcodes.LOCAL_GET).u32(i + 1).u8(0x9f).u8(Opcodes.LOCAL_SET).u32(i);
                body.u8(Opcodes.LOCAL_GET).u32(i + 1).u8(Opcodes.LOCAL_SET).u32(i);
              }
              body.u8(Opcodes.END);
            }));
  }

  @Test
  void refusesAFunctionOfTooManyBranches() {
    byte[] wasm =
        functions(
            1,
            body -> {
              body.u32(0).u8(Opcodes.BLOCK).u8(0x40);
              for (int i = 0; i < 60_000; i++) {
                body.u8(Opcodes.I32_CONST).u8(0).u8(Opcodes.BR_IF).u32(0);
              }
              body.u8(Opcodes.END).u8(Opcodes.END);
            });

    assertThatThrownBy(() -> ImageCheck.readAny(wasm, new HostInterface()))
        .isInstanceOf(TeexException.class)
        .hasMessageContaining("more than 100000 branches");
  }

  /**
   * A start function runs under the same meters as everything else, and only when it is told to.
   */
  @Test
  void endsAStartFunctionThatNeverEnds() {
    byte[] wasm =
        module()
            .types(NOTHING)
            .section(3, vector(new WasmOutput(1).u32(0)))
            .section(8, new WasmOutput(1).u32(0))
            .section(
                10,
                vector(
                    new WasmOutput(16).sized(body(Opcodes.LOOP, 0x40, Opcodes.BR, 0, Opcodes.END))))
            .bytes();
    Instrumented metered =
        Instrumenter.instrument(
            ImageCheck.readAny(wasm, new HostInterface()), InstrumentOptions.DEFAULT);
    Instance instance = Instance.builder(Parser.parse(metered.module().expose())).build();
    instance.exports().global(Meters.FUEL).setValue(100_000);

    assertThatThrownBy(() -> instance.export(Meters.START).apply());

    assertThat(instance.exports().global(Meters.REASON).getValue()).isEqualTo(Meters.REASON_FUEL);
  }

  /** The call in it is never reached, so it does not stand for a check. */
  @Test
  void endsALoopWithACallThatIsNeverReached() {
    byte[] wasm =
        module()
            .types(NOTHING)
            .section(3, vector(new WasmOutput(1).u32(0)))
            .section(7, vector(new WasmOutput(16).name("run").u8(0).u32(0)))
            .section(
                10,
                vector(
                    new WasmOutput(16)
                        .sized(
                            body(Opcodes.LOOP, 0x40, Opcodes.BR, 0, Opcodes.CALL, 0, Opcodes.END))))
            .bytes();
    Instrumented metered =
        Instrumenter.instrument(
            ImageCheck.readAny(wasm, new HostInterface()), InstrumentOptions.DEFAULT);

    assertThat(MeteredRun.run(metered, 100_000, "run").isOutOfFuel()).isTrue();
  }

  /** What is given beyond what the meter can hold is not lost when a trap ends the task. */
  @Test
  void givesBackWhatIsMoreThanATaskCanHave() {
    byte[] wasm =
        module()
            .types(NOTHING)
            .section(3, vector(new WasmOutput(1).u32(0)))
            .section(7, vector(new WasmOutput(16).name("run").u8(0).u32(0)))
            .section(10, vector(new WasmOutput(16).sized(body(Opcodes.UNREACHABLE))))
            .bytes();
    Instrumented metered =
        Instrumenter.instrument(
            ImageCheck.readAny(wasm, new HostInterface()), InstrumentOptions.DEFAULT);

    MeteredRun run = MeteredRun.run(metered, 1L << 60, "run");

    assertThat(run.value()).isEmpty();
    assertThat(run.reason()).isEqualTo(Meters.REASON_NONE);
    assertThat(run.fuelUsed()).isZero();
  }

  /** A step of two never meets an odd bound: such a loop is out of fuel before its first turn. */
  @Test
  void endsALoopThatCannotMeetItsBound() {
    byte[] wasm =
        module()
            .types(NOTHING)
            .section(3, vector(new WasmOutput(1).u32(0)))
            .section(7, vector(new WasmOutput(16).name("run").u8(0).u32(0)))
            .section(10, vector(new WasmOutput(64).sized(countingByTwoTo(7))))
            .bytes();
    Instrumented metered =
        Instrumenter.instrument(
            ImageCheck.readAny(wasm, new HostInterface()), InstrumentOptions.DEFAULT);

    MeteredRun run = MeteredRun.run(metered, 1L << 60, "run");

    assertThat(run.value()).isEmpty();
    assertThat(run.reason()).isEqualTo(Meters.REASON_FUEL);
  }

  private static WasmOutput countingByTwoTo(int bound) {
    return new WasmOutput(64)
        .u32(1)
        .u32(1)
        .u8(WasmModule.I32)
        .u8(Opcodes.LOOP)
        .u8(0x40)
        .raw((byte) Opcodes.LOCAL_GET, (byte) 0, (byte) Opcodes.I32_CONST, (byte) 2)
        .raw((byte) Opcodes.I32_ADD, (byte) Opcodes.LOCAL_TEE, (byte) 0)
        .raw((byte) Opcodes.I32_CONST, (byte) bound, (byte) Opcodes.I32_NE)
        .raw((byte) Opcodes.BR_IF, (byte) 0, (byte) Opcodes.END, (byte) Opcodes.END);
  }
}
