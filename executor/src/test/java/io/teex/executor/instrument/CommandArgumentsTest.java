package io.teex.executor.instrument;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The one custom section that means something. */
final class CommandArgumentsTest {
  private static byte[] withArguments(String... texts) {
    ModuleBuilder module = ModuleBuilder.command();
    for (String text : texts) {
      module.section(0, custom("teex.args", text));
    }
    return module.bytes();
  }

  private static WasmOutput custom(String name, String content) {
    return new WasmOutput(64).name(name).raw(content.getBytes(StandardCharsets.UTF_8));
  }

  private static String instrumented(byte[] wasm) {
    byte[] module = Instrumenter.instrument(wasm, InstrumentOptions.DEFAULT).module().expose();
    return new String(module, StandardCharsets.ISO_8859_1);
  }

  @Test
  void areCarriedOverWhereOtherSectionsAreDropped() {
    byte[] wasm =
        ModuleBuilder.command()
            .section(0, custom("notes", "of functions"))
            .section(0, custom("teex.args", "python\0-c\0print(1)\0"))
            .bytes();

    assertThat(instrumented(wasm))
        .contains("teex.argspython\0-c\0print(1)\0")
        .doesNotContain("of functions");
  }

  @Test
  void areBoundedAndEndWithAZeroByteEach() {
    for (String bad :
        new String[] {"", "python", "a\0b", "a\0".repeat(65), "a".repeat(1 << 20) + "\0"}) {
      assertThatThrownBy(() -> ImageCheck.check(withArguments(bad)))
          .hasMessageContaining("arguments");
    }
    ImageCheck.check(withArguments("a\0".repeat(64)));
  }

  @Test
  void comeInOneSection() {
    assertThatThrownBy(() -> ImageCheck.check(withArguments("a\0", "b\0")))
        .hasMessageContaining("two sections teex.args");
  }
}
