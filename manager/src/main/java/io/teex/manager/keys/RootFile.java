package io.teex.manager.keys;

import io.teex.attestation.SealedFile;
import io.teex.attestation.Tee;
import io.teex.protocol.SecretBytes;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The root of all keys, sealed to this platform and measurement. It is made once: a file that does
 * not open stops the start, since a fresh root would orphan every image, data set and node.
 */
public final class RootFile {
  private static final String NAME = "root.sealed";
  private static final String LABEL = "manager root";

  private RootFile() {}

  /**
   * @param data the manager's own directory
   * @throws io.teex.protocol.TeexException {@code STORE_CORRUPT} if the file was changed, or sealed
   *     on another platform or by another version
   */
  public static RootKeys openOrCreate(Path data, Tee tee, SecureRandom random) {
    SealedFile file = new SealedFile(data.resolve(NAME), tee, LABEL, random);
    Optional<SecretBytes> kept = file.read();
    try (SecretBytes root = kept.orElseGet(() -> SecretBytes.random(random, RootKeys.KEY_BYTES))) {
      if (kept.isEmpty()) {
        file.write(root);
      }
      return new RootKeys(root);
    }
  }
}
