package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileOutboxTest {
  private static final Address ACCOUNT = DevAccounts.key(1).address();
  private static final Domain DEPLOYMENT = new Domain(Anvil.CHAIN_ID, ACCOUNT);

  @TempDir Path directory;

  private FileOutbox open() {
    return FileOutbox.open(directory, DEPLOYMENT, ACCOUNT);
  }

  private static Sent.Version version(int number, long blobFeeMax) {
    return new Sent.Version(
        Bytes.of((byte) 3, (byte) number),
        new Bytes32(Bytes.of(new byte[32])),
        BigInteger.valueOf(number),
        BigInteger.TWO,
        BigInteger.valueOf(blobFeeMax),
        21_000);
  }

  @Test
  void theNextProcessHasWhatWasKept() {
    Sent sent = new Sent(7, "an intent", List.of(version(1, 9))).replacedBy(version(2, 18));
    FileOutbox outbox = open();
    outbox.keep(sent);
    outbox.keep(new Sent(8, "", List.of(version(1, 0))));
    outbox.forget(8);

    assertThat(open().all()).containsExactly(sent);
    assertThat(sent.hasBlobs()).isTrue();
    assertThat(sent.versions().getFirst().raw()).isEqualTo(Bytes.EMPTY);
  }

  @Test
  void readsWhatWasKeptBeforeThereWereBlobs() throws IOException {
    open().keep(new Sent(7, "", List.of(version(1, 0))));
    Path file;
    try (var files = Files.walk(directory)) {
      file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    Files.writeString(file, Files.readString(file).replace(",\"blobFeeMax\":\"0\"", ""));

    assertThat(Files.readString(file)).doesNotContain("blob");
    assertThat(open().all()).containsExactly(new Sent(7, "", List.of(version(1, 0))));

    Files.writeString(file, "{}");
    assertThatThrownBy(this::open)
        .hasMessageContaining("is no transaction that was sent")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_CORRUPT));
  }
}
