package io.teex.executor.instrument;

import static io.teex.executor.instrument.ModuleBuilder.body;
import static io.teex.executor.instrument.ModuleBuilder.command;
import static io.teex.executor.instrument.ModuleBuilder.module;
import static io.teex.executor.instrument.ModuleBuilder.repeated;
import static io.teex.executor.instrument.ModuleBuilder.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.executor.testing.Examples;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which images are accepted, and that the others are refused quickly and in words. */
@Timeout(30)
final class ImageCheckTest {
  private static final WasmOutput NOTHING = new WasmOutput(4).u8(0x60).u32(0).u32(0);

  private static TeexException refusal(byte[] wasm) {
    long begin = System.nanoTime();
    TeexException refusal = catchThrowableOfType(TeexException.class, () -> ImageCheck.check(wasm));
    assertThat(refusal).as("refused").isNotNull();
    // Generous, for a busy machine: what must not happen is seconds or an exhausted heap.
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    return refusal;
  }

  private static void refused(byte[] wasm, String... words) {
    TeexException refusal = refusal(wasm);
    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_MODULE);
    assertThat(refusal).hasMessageContainingAll(words);
  }

  @Test
  void acceptsTheExamples() {
    for (String name : new String[] {"noop/noop", "digits/digits", "hostile/curious"}) {
      ImageReport report = ImageCheck.check(Examples.wasm(name));

      assertThat(report.functions()).as(name).isPositive();
      assertThat(report.imports()).as(name).contains("wasi_snapshot_preview1.fd_write");
    }
  }

  @Test
  void acceptsTheSmallestCommand() {
    assertThat(ImageCheck.check(command().bytes()).functions()).isEqualTo(1);
  }

  @Test
  void namesAForbiddenImportAndWhatIsAllowed() {
    TeexException refusal = refusal(Examples.wasm("hostile/socket"));

    assertThat(refusal.code()).isEqualTo(ErrorCode.FORBIDDEN_IMPORT);
    assertThat(refusal)
        .hasMessageContaining("wasi_snapshot_preview1.sock_accept")
        .hasMessageContaining("fd_write");
  }

  @Test
  void refusesImportsOfOtherModulesKindsAndTypes() {
    WasmOutput foreign = new WasmOutput(32).name("env").name("system").u8(0).u32(0);
    WasmOutput memory = new WasmOutput(32).name("env").name("memory").u8(2).u8(0).u32(1);
    WasmOutput mistyped =
        new WasmOutput(32).name("wasi_snapshot_preview1").name("fd_write").u8(0).u32(0);

    for (WasmOutput each : new WasmOutput[] {foreign, memory, mistyped}) {
      TeexException refusal = refusal(module().types(NOTHING).section(2, vector(each)).bytes());

      assertThat(refusal.code()).isEqualTo(ErrorCode.FORBIDDEN_IMPORT);
    }
    assertThat(refusal(module().types(NOTHING).section(2, vector(mistyped)).bytes()))
        .hasMessageContaining("() → ()")
        .hasMessageContaining("(i32 i32 i32 i32) → (i32)");
  }

  @Test
  void refusesWhatIsNoModule() {
    refused(new byte[0], "header");
    refused(new byte[] {'#', '!', '/', 'b', 'i', 'n'}, "header");
    // The header of a component: the same magic, another layer.
    refused(new byte[] {0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0}, "header");
  }

  @Test
  void refusesALibrary() {
    refused(module().bytes(), "_start", "WASI command");
  }

  @Test
  void refusesFeaturesThatAreNotDeterministicOrNotYetAccepted() {
    refused(command(0x00, 0xfe, 0x03, 0x00).bytes(), "threads");
    refused(command(0x06, 0x40, 0x0b).bytes(), "0x06"); // try
    refused(command(0x12, 0x00).bytes(), "0x12"); // return_call
    refused(command(0xfd, 0x80, 0x02).bytes(), "relaxed SIMD");
    refused(command(0xfb, 0x00, 0x00).bytes(), "0xfb"); // garbage collection
    refused(module().section(13, vector()).bytes(), "section 13"); // tags
    refused(module().section(5, vector(memory(3, 1, 2))).bytes(), "shared");
    refused(module().section(5, vector(memory(4, 1, 0))).bytes(), "64-bit");
    refused(module().section(5, vector(memory(0, 1, 0), memory(0, 1, 0))).bytes(), "memories");
    refused(module().types(new WasmOutput(4).u8(0x5e).u8(0x7f).u8(0)).bytes(), "form 0x5e");
  }

  private static WasmOutput memory(int flags, int min, int max) {
    WasmOutput memory = new WasmOutput(8).u8(flags).u32(min);
    return (flags & 1) == 0 ? memory : memory.u32(max);
  }

  @Test
  void refusesReservedExports() {
    refused(
        module()
            .types(NOTHING)
            .section(3, vector(new WasmOutput(1).u32(0)))
            .section(7, vector(new WasmOutput(16).name("teex:fuel").u8(0).u32(0)))
            .section(10, vector(new WasmOutput(8).sized(body())))
            .bytes(),
        "teex:fuel",
        "reserved");
  }

  @Test
  void refusesCountsThatNoBytesStandBehind() {
    for (int section = 1; section <= 12; section++) {
      for (long count : new long[] {0xffff_ffffL, 0x7fff_ffffL, 1_000_000}) {
        refusal(module().section(section, new WasmOutput(8).u32(count)).bytes());
      }
    }
  }

  @Test
  void refusesTooManyLocals() {
    WasmOutput one = new WasmOutput(16).u32(1).u32(0xffff_ffffL).u8(WasmModule.I32).u8(0x0b);
    refused(oneFunction(one), "locals");

    WasmOutput groups = new WasmOutput(1 << 16).u32(9_000);
    for (int i = 0; i < 9_000; i++) {
      groups.u32(9_000).u8(WasmModule.I64);
    }
    refused(oneFunction(groups.u8(0x0b)), "locals");

    // Each function within its limit, all together not.
    WasmOutput many = new WasmOutput(16).u32(1).u32(10_000).u8(WasmModule.V128).u8(0x0b);
    WasmOutput sized = new WasmOutput(32).sized(many);
    refused(
        module()
            .types(NOTHING)
            .section(3, repeated(1_000, new WasmOutput(1).u32(0)))
            .section(10, repeated(1_000, sized))
            .bytes(),
        "locals in all functions");
  }

  @Test
  void refusesDeepNesting() {
    WasmOutput deep = new WasmOutput(1 << 20).u32(0);
    for (int i = 0; i < 500_000; i++) {
      deep.u8(Opcodes.BLOCK).u8(0x40);
    }
    for (int i = 0; i <= 500_000; i++) {
      deep.u8(Opcodes.END);
    }
    refused(oneFunction(deep), "nested deeper than");
  }

  @Test
  void refusesModulesThatAreExpensiveToValidate() {
    // Within every single limit, but each branch looks up 1,900 labels.
    WasmOutput branches = new WasmOutput(1 << 20).u32(0);
    for (int i = 0; i < 1_900; i++) {
      branches.u8(Opcodes.BLOCK).u8(0x40);
    }
    for (int i = 0; i < 40_000; i++) {
      branches.u8(Opcodes.I32_CONST).u8(0).u8(Opcodes.BR_IF).u32(1_899);
    }
    for (int i = 0; i <= 1_900; i++) {
      branches.u8(Opcodes.END);
    }
    refused(
        module()
            .types(NOTHING)
            .section(3, repeated(2, new WasmOutput(1).u32(0)))
            .section(10, repeated(2, new WasmOutput(1 << 20).sized(branches)))
            .bytes(),
        "steps");
  }

  @Test
  void refusesHugeTablesMemoriesAndSegments() {
    refused(
        module()
            .section(4, vector(new WasmOutput(8).u8(WasmModule.FUNCREF).u8(0).u32(0xffff_ffffL)))
            .bytes(),
        "table of 4294967295 elements");
    WasmOutput table = new WasmOutput(8).u8(WasmModule.FUNCREF).u8(0).u32(1);
    refused(module().section(4, repeated(100_000, table)).bytes(), "100000 tables");
    refused(module().section(5, vector(memory(0, 65_537, 0))).bytes(), "65537 pages");
    WasmOutput segment = new WasmOutput(8).u32(1).u32(0);
    refused(module().section(11, repeated(300_000, segment)).bytes(), "data segments");
    WasmOutput elements = new WasmOutput(8).u32(1).u8(0).u32(0x7fff_ffff);
    refused(module().section(9, vector(elements)).bytes(), "elements");
    refused(new byte[ImageLimits.WASM_1.moduleBytes() + 1], "bytes");
  }

  @Test
  void refusesLongNames() {
    WasmOutput name = new WasmOutput(1 << 20).name("x".repeat(1 << 20)).u8(0).u32(0);
    refused(module().section(7, vector(name)).bytes(), "bytes of a name");
  }

  @Test
  void neverFailsOtherwiseWhateverTheBytes() {
    long seed = new Random().nextLong();
    System.out.println("ImageCheckTest seed " + seed);
    Random random = new Random(seed);
    byte[][] sound = {
      Examples.wasm("noop/noop"), Examples.wasm("hostile/flood"), RandomModule.of(seed)
    };
    for (int i = 0; i < 3_000; i++) {
      byte[] bytes = sound[random.nextInt(sound.length)].clone();
      int changes = 1 + random.nextInt(4);
      for (int k = 0; k < changes; k++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        ImageCheck.check(bytes);
        Instrumenter.instrument(bytes, InstrumentOptions.DEFAULT);
      } catch (TeexException refusal) {
        assertThat(refusal.code()).isIn(ErrorCode.INVALID_MODULE, ErrorCode.FORBIDDEN_IMPORT);
      }
    }
  }

  private static byte[] oneFunction(WasmOutput body) {
    return module()
        .types(new WasmOutput(8).u8(0x60).types(Bytes.EMPTY).types(Bytes.EMPTY))
        .section(3, vector(new WasmOutput(1).u32(0)))
        .section(10, vector(new WasmOutput(body.size() + 8).sized(body)))
        .bytes();
  }
}
