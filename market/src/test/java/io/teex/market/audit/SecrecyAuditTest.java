package io.teex.market.audit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecrecyAuditTest {
  @TempDir private Path directory;

  private byte[] secret;
  private SecrecyAudit audit;

  @BeforeEach
  void aSecret() {
    secret = new byte[4000];
    new Random(7).nextBytes(secret);
    audit = new SecrecyAudit(List.of(new Secret("input", Bytes.of(secret))));
  }

  @Test
  void findsNothingWhereNothingIs() throws IOException {
    byte[] noise = new byte[3 << 20];
    new Random(8).nextBytes(noise);
    Files.write(directory.resolve("noise"), noise);

    SecrecyAudit.Finding finding = examine(Set.of());

    assertThat(finding.seen()).isEmpty();
    assertThat(finding.leaked()).isEmpty();
    assertThat(finding.bytesSearched()).isEqualTo(noise.length);
  }

  @Test
  void findsAPlantedLeakInEveryForm() throws IOException {
    List<Function<byte[], byte[]>> forms =
        List.of(
            part -> part,
            part -> HexFormat.of().formatHex(part).getBytes(US_ASCII),
            part -> HexFormat.of().withUpperCase().formatHex(part).getBytes(US_ASCII),
            part -> Base64.getEncoder().encode(part),
            part -> Base64.getEncoder().encode(Arrays.copyOfRange(part, 1, part.length)),
            part -> Base64.getEncoder().encode(Arrays.copyOfRange(part, 2, part.length)),
            part -> Base64.getUrlEncoder().encode(part));
    for (Function<byte[], byte[]> form : forms) {
      Path log = directory.resolve("dispatcher.log");
      Files.write(log, form.apply(secret));

      SecrecyAudit.Finding finding = examine(Set.of());

      assertThat(finding.leaked()).containsExactly("input");
      assertThat(finding.places().get("input")).endsWith("dispatcher.log");
    }
  }

  @Test
  void findsALeakThatCrossesABlock() throws IOException {
    for (int shift : new int[] {-4000, -2000, -30, -1, 0}) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      content.write(new byte[(1 << 20) + shift]);
      content.write(secret);
      Files.write(directory.resolve("traffic"), content.toByteArray());

      assertThat(examine(Set.of()).leaked()).containsExactly("input");
    }
  }

  @Test
  void whatIsAllowedIsSeenButNotALeak() throws IOException {
    Files.write(directory.resolve("disk"), secret);

    SecrecyAudit.Finding finding = examine(Set.of("input"));

    assertThat(finding.seen()).containsExactly("input");
    assertThat(finding.leaked()).isEmpty();
  }

  @Test
  void searchesTheMemoryOfAProcess() throws IOException, InterruptedException {
    // The shell keeps what it reads in its own memory, and nowhere else.
    Process shell = new ProcessBuilder("sh", "-c", "read secret; echo held; read end").start();
    String held = HexFormat.of().formatHex(secret);
    shell.getOutputStream().write((held + "\n").getBytes(US_ASCII));
    shell.getOutputStream().flush();
    assertThat(shell.inputReader().readLine()).isEqualTo("held");

    SecrecyAudit.Finding finding =
        audit
            .examine(List.of(new Party("shell", List.of(), List.of(shell.pid()), Set.of())))
            .getFirst();
    shell.destroy();
    shell.waitFor();

    assertThat(finding.unread()).isEmpty();
    assertThat(finding.leaked()).containsExactly("input");
  }

  @Test
  void saysWhatItCouldNotRead() {
    Party gone = new Party("gone", List.of(), List.of(Long.MAX_VALUE), Set.of());

    assertThat(audit.examine(List.of(gone)).getFirst().unread()).hasSize(1);
  }

  @Test
  void refusesSecretsThatCannotBeToldFromChance() {
    Secret small = new Secret("input", Bytes.of(new byte[] {1, 2, 3}));
    Secret blank = new Secret("input", Bytes.of(new byte[784]));

    assertThat(small.isSearchable()).isFalse();
    assertThat(blank.isSearchable()).isFalse();
    assertThatThrownBy(() -> new SecrecyAudit(List.of(small))).hasMessageContaining("chance");
    assertThatThrownBy(() -> new SecrecyAudit(List.of(blank))).hasMessageContaining("chance");
  }

  private SecrecyAudit.Finding examine(Set<String> allowed) {
    return audit
        .examine(List.of(new Party("host", List.of(directory), List.of(), allowed)))
        .getFirst();
  }
}
