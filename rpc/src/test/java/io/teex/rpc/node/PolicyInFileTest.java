package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Policy;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PolicyInFileTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = directory.resolve("policy.json");
    write("first");
  }

  private void write(String name) throws IOException {
    Files.writeString(file, Policy.simulated(name, Set.of(), Map.of()).toJson());
  }

  @Test
  void isTheOneThatIsInTheFileNow() throws IOException {
    PolicyInFile policy = new PolicyInFile(file);
    assertThat(policy.now().name()).isEqualTo("first");

    write("second");

    assertThat(policy.now().name()).isEqualTo("second");
  }

  @Test
  void aChangeThatLeavesSizeAndDateIsSeen() throws IOException {
    PolicyInFile policy = new PolicyInFile(file);
    FileTime date = Files.getLastModifiedTime(file);

    write("third");
    Files.setLastModifiedTime(file, date);

    assertThat(policy.now().name()).isEqualTo("third");
  }

  @Test
  void aBrokenFileChangesNothingUntilItIsMended() throws IOException {
    PolicyInFile policy = new PolicyInFile(file);

    Files.writeString(file, "{\"name\":");
    assertThat(policy.now().name()).isEqualTo("first");
    Files.delete(file);
    assertThat(policy.now().name()).isEqualTo("first");
    write("second");

    assertThat(policy.now().name()).isEqualTo("second");
  }

  @Test
  void withoutAPolicyThereIsNoStart() throws IOException {
    Files.delete(file);

    assertThatThrownBy(() -> new PolicyInFile(file))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }
}
