package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys in files. */
class KeyFileTest {
  private static final Path NONE = Path.of("");
  private static final String ONE = "0".repeat(63) + "1";

  @TempDir private Path directory;

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("key"), content);
  }

  @Test
  void readsHexadecimalDigits() throws IOException {
    assertThat(KeyFile.read(file("0x" + ONE + "\n"), NONE).address())
        .hasToString("0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf");
  }

  @Test
  void saysWhatIsWrongAndNotWhatIsInIt() throws IOException {
    refused(file("zz" + ONE.substring(2)), NONE, "holds no private key");
    refused(directory.resolve("nothing"), NONE, "cannot be read");
    refused(file("{\"version\": 3}"), NONE, "name the file with its password");
    refused(file("{}"), directory.resolve("nothing"), "cannot be read");
  }

  private static void refused(Path key, Path password, String words) {
    assertThatExceptionOfType(TeexException.class)
        .isThrownBy(() -> KeyFile.read(key, password))
        .withMessageContaining(words)
        .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .satisfies(e -> assertThat(e).hasMessageNotContaining("0000"));
  }
}
