package io.teex.worker;

import io.teex.blobs.Cid;
import io.teex.protocol.Bytes32;
import java.util.Arrays;

/** Where a task's input comes from. */
sealed interface TaskInput {

  /** It came over the attested channel, with the salt that opens its commitment. */
  final class Given implements TaskInput {
    private final byte[] content;
    private final Bytes32 salt;

    /** Takes ownership of {@code content}: {@link #clear} overwrites it. */
    Given(byte[] content, Bytes32 salt) {
      this.content = content;
      this.salt = salt;
    }

    byte[] content() {
      return content;
    }

    Bytes32 salt() {
      return salt;
    }

    void clear() {
      Arrays.fill(content, (byte) 0);
    }

    @Override
    public String toString() {
      return "Given[%d bytes, redacted]".formatted(content.length);
    }
  }

  /** It lies in the blob store, sealed to the service. */
  record Stored(Cid cid) implements TaskInput {}
}
