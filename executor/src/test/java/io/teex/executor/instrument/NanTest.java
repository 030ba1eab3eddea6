package io.teex.executor.instrument;

import static io.teex.executor.instrument.ModuleBuilder.module;
import static io.teex.executor.instrument.ModuleBuilder.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each way of seeing a NaN's bits shows the canonical ones if it was computed, on both engines. */
final class NanTest {
  private static final long CANONICAL = 0x7ff8_0000L;
  private static final long CANONICAL_F32 = 0x7fc0_0000L;
  private static final long NEGATIVE = 0xfff8_0000L;
  private static final long WITH_PAYLOAD = 0xfff9_0203L;
  private static final byte[] PAYLOAD = {1, 2, 3, 4, 3, 2, (byte) 0xf9, (byte) 0xff};

  private static final int F64_ABS = 0x99;
  private static final int F64_NEG = 0x9a;
  private static final int F64_SQRT = 0x9f;
  private static final int F64_ADD = 0xa0;
  private static final int F64_DIV = 0xa3;
  private static final int F64_COPYSIGN = 0xa6;
  private static final int REAL = 2;

  @TempDir Path directory;

  private final Map<String, WasmOutput> bodies = new LinkedHashMap<>();
  private final Map<String, Long> expected = new LinkedHashMap<>();

  /**
   * {@code run(a, b)}, with one f64 beside its parameters, a global f64, and a function that gives
   * back its own.
   */
  private static byte[] running(WasmOutput body) {
    Bytes two = Bytes.of(WasmModule.I32, WasmModule.I32);
    Bytes real = Bytes.of(WasmModule.F64);
    return module()
        .types(
            new WasmOutput(8).u8(0x60).types(two).types(Bytes.of(WasmModule.I32)),
            new WasmOutput(8).u8(0x60).types(real).types(real))
        .section(3, vector(new WasmOutput(1).u32(0), new WasmOutput(1).u32(1)))
        .section(5, vector(new WasmOutput(2).u8(0).u32(1)))
        .section(
            6,
            vector(new WasmOutput(16).u8(WasmModule.F64).u8(1).u8(0x44).raw(new byte[8]).u8(0x0b)))
        .section(7, vector(new WasmOutput(16).name("run").u8(0).u32(0)))
        .section(
            10,
            vector(
                new WasmOutput(256)
                    .sized(
                        new WasmOutput(256)
                            .u32(1)
                            .u32(1)
                            .u8(WasmModule.F64)
                            .raw(body.toBytes())
                            .u8(Opcodes.END)),
                new WasmOutput(8)
                    .sized(new WasmOutput(8).u32(0).u8(Opcodes.LOCAL_GET).u32(0).u8(Opcodes.END))))
        .bytes();
  }

  private static WasmOutput constant(byte[] bits) {
    return new WasmOutput(16).u8(0x44).raw(bits);
  }

  /** 0 / 0, whose sign and payload x86 and Java choose differently. */
  private static WasmOutput computed() {
    return constant(new byte[8]).raw(constant(new byte[8]).toBytes()).u8(F64_DIV);
  }

  private static WasmOutput high(WasmOutput real) {
    return real.u8(0xbd).u8(Opcodes.I64_CONST).signed(32).u8(Opcodes.I64_SHR_U).u8(0xa7);
  }

  private void see(String how, long bits, UnaryOperator<WasmOutput> rest) {
    bodies.put(how, rest.apply(computed()));
    expected.put(how, bits);
  }

  @Test
  void showsTheCanonicalNanHoweverItIsLookedAt() throws Exception {
    see("reinterpreted", CANONICAL, NanTest::high);
    see("as f32", CANONICAL_F32, out -> out.u8(0xb6).u8(0xbc));
    see("after more arithmetic", CANONICAL, out -> high(out.u8(F64_SQRT).u8(F64_ABS)));
    see("negated", NEGATIVE, out -> high(out.u8(F64_NEG)));
    see("from a local", CANONICAL, out -> high(throughLocal(out)));
    see("from a global", CANONICAL, out -> high(out.u8(0x24).u32(0).u8(0x23).u32(0)));
    see("from a call", CANONICAL, out -> high(out.u8(Opcodes.CALL).u32(1)));
    see("from a branch", CANONICAL, NanTest::throughBranch);
    see(
        "stored",
        CANONICAL,
        out ->
            throughLocal(out, new WasmOutput(4).u8(Opcodes.I32_CONST).u8(0))
                .u8(0x39)
                .u32(3)
                .u32(0)
                .u8(Opcodes.I32_CONST)
                .u8(4)
                .u8(0x28)
                .u32(2)
                .u32(0));
    see(
        "by its sign",
        0x3ff0_0000L,
        out -> {
          WasmOutput one = constant(new byte[] {0, 0, 0, 0, 0, 0, (byte) 0xf0, 0x3f});
          return high(one.raw(out.toBytes()).u8(F64_COPYSIGN));
        });
    bodies.put("that was not computed", high(constant(PAYLOAD)));
    expected.put("that was not computed", WITH_PAYLOAD);
    bodies.put("that was not computed, from a local", high(throughLocal(constant(PAYLOAD))));
    expected.put("that was not computed, from a local", WITH_PAYLOAD);
    bodies.put(
        "with a payload, computed with",
        high(constant(PAYLOAD).raw(constant(PAYLOAD).toBytes()).u8(F64_ADD)));
    expected.put("with a payload, computed with", CANONICAL);

    StringBuilder runs = new StringBuilder();
    for (Map.Entry<String, WasmOutput> each : bodies.entrySet()) {
      Instrumented metered =
          Instrumenter.instrument(
              ImageCheck.readAny(running(each.getValue()), new HostInterface()),
              InstrumentOptions.DEFAULT);
      MeteredRun run = MeteredRun.run(metered, 1_000, "run", 3, 5);
      assertThat(run.value().map(value -> value & 0xffff_ffffL))
          .as(each.getKey())
          .hasValue(expected.get(each.getKey()));
      Path file = directory.resolve(runs.length() + ".wasm");
      Files.write(file, metered.module().expose());
      runs.append(
          "%s 1000 3 5 %d %d 0\n".formatted(file, expected.get(each.getKey()), run.fuelUsed()));
    }
    assertThat(Node.run("engines-agree.js", runs.toString()))
        .isEqualTo("same %d\n".formatted(bodies.size()));
  }

  private static WasmOutput throughLocal(WasmOutput real) {
    return throughLocal(real, new WasmOutput(1));
  }

  /** With something that comes onto the stack before it is read again. */
  private static WasmOutput throughLocal(WasmOutput real, WasmOutput between) {
    return real.u8(Opcodes.LOCAL_SET)
        .u32(REAL)
        .raw(between.toBytes())
        .u8(Opcodes.LOCAL_GET)
        .u32(REAL);
  }

  private static WasmOutput throughBranch(WasmOutput real) {
    WasmOutput out = new WasmOutput(64).u8(Opcodes.BLOCK).u8(WasmModule.F64).raw(real.toBytes());
    out.u8(Opcodes.LOCAL_GET).u32(0).u8(Opcodes.BR_IF).u32(0).u8(Opcodes.END);
    return high(out);
  }
}
