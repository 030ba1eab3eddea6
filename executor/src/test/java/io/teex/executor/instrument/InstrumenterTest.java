package io.teex.executor.instrument;

import static io.teex.executor.instrument.ModuleBuilder.body;
import static io.teex.executor.instrument.ModuleBuilder.module;
import static io.teex.executor.instrument.ModuleBuilder.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.executor.testing.Examples;
import io.teex.protocol.Bytes;
import org.junit.jupiter.api.Test;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;

/** The clamps and meters, one by one, on modules made for them. */
final class InstrumenterTest {
  private static final int PAGE_COST = CostTable.CURRENT.cost(CostClass.MEMORY_PAGE);

  /**
   * {@code run(n)} is memory.grow(n); one page at the start, at most {@code max} if not negative.
   */
  private static byte[] growing(int max) {
    WasmOutput memory = new WasmOutput(8);
    if (max < 0) {
      memory.u8(0).u32(1);
    } else {
      memory.u8(1).u32(1).u32(max);
    }
    return module()
        .types(
            new WasmOutput(8)
                .u8(0x60)
                .types(Bytes.of(WasmModule.I32))
                .types(Bytes.of(WasmModule.I32)))
        .section(3, vector(new WasmOutput(1).u32(0)))
        .section(5, vector(memory))
        .section(7, vector(new WasmOutput(16).name("run").u8(0).u32(0)))
        .section(
            10,
            vector(new WasmOutput(16).sized(body(Opcodes.LOCAL_GET, 0, Opcodes.MEMORY_GROW, 0))))
        .bytes();
  }

  private static Instance instance(byte[] wasm, InstrumentOptions options) {
    Instrumented metered =
        Instrumenter.instrument(ImageCheck.readAny(wasm, new HostInterface()), options);
    return Instance.builder(Parser.parse(metered.module().expose())).build();
  }

  private static long meter(Instance instance, String name) {
    return instance.exports().global(name).getValue();
  }

  @Test
  void chargesForPagesAndNotForAGrowthThatTheModuleItselfForbids() {
    Instance instance = instance(growing(3), InstrumentOptions.DEFAULT);
    instance.exports().global(Meters.FUEL).setValue(1_000_000);
    instance.export(Meters.START).apply();
    long started = meter(instance, Meters.FUEL);

    assertThat(instance.export("run").apply(2)[0]).isEqualTo(1);
    long grown = meter(instance, Meters.FUEL);
    assertThat((int) instance.export("run").apply(1)[0]).isEqualTo(-1);
    long refused = meter(instance, Meters.FUEL);

    assertThat(1_000_000 - started).isEqualTo(PAGE_COST);
    assertThat(started - grown).isBetween(2L * PAGE_COST, 2L * PAGE_COST + 100);
    assertThat(grown - refused).isLessThan(100);
  }

  @Test
  void endsATaskThatGrowsBeyondItsOwnLimit() {
    Instance instance = instance(growing(-1), InstrumentOptions.DEFAULT);
    instance.exports().global(Meters.FUEL).setValue(1L << 40);
    instance.exports().global(Meters.PAGES).setValue(10);

    instance.export("run").apply(9);
    assertThatThrownBy(() -> instance.export("run").apply(1));

    assertThat(meter(instance, Meters.REASON)).isEqualTo(Meters.REASON_MEMORY);
    assertThat(instance.memory().pages()).isEqualTo(10);
  }

  @Test
  void clampsWhatAModuleDeclares() {
    Instance instance = instance(growing(-1), new InstrumentOptions(100, 1 << 20));

    assertThat(instance.memory().maximumPages()).isEqualTo(100);
    assertThat(meter(instance, Meters.STACK)).isEqualTo(1 << 20);
    assertThatThrownBy(() -> instance(growing(0), InstrumentOptions.DEFAULT))
        .hasMessageContaining("not an acceptable module");
  }

  @Test
  void runsNothingUntilFuelIsGiven() {
    Instance instance = instance(growing(-1), InstrumentOptions.DEFAULT);

    assertThatThrownBy(() -> instance.export(Meters.START).apply());

    assertThat(meter(instance, Meters.REASON)).isEqualTo(Meters.REASON_FUEL);
  }

  @Test
  void isDeterministicAndKeepsTheSecretOutOfItsText() {
    byte[] wasm = Examples.wasm("digits/digits");

    Instrumented first = Instrumenter.instrument(wasm, InstrumentOptions.DEFAULT);
    Instrumented second = Instrumenter.instrument(wasm, InstrumentOptions.DEFAULT);

    assertThat(first.module().expose()).isEqualTo(second.module().expose());
    assertThat(first.toString()).contains("redacted");
  }
}
