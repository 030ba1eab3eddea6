package io.teex.rpc.node;

import io.teex.attestation.Policy;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The policy that a file holds now. A file that is no policy, or is not there, changes nothing: the
 * last one stays until there is another. Safe for use by several threads.
 */
final class PolicyInFile {
  private static final System.Logger LOG = System.getLogger(PolicyInFile.class.getName());
  private static final Bytes UNREADABLE = Bytes.of();

  private final Path file;
  private Bytes seen;
  private Policy policy;

  /**
   * @throws TeexException {@code USAGE} if the file is missing or is no policy to trust others by
   */
  PolicyInFile(Path file) {
    this.file = file;
    this.seen = content();
    this.policy = Policy.read(file);
  }

  /** What holds now; the file is read each time, as its dates may lie. */
  synchronized Policy now() {
    Bytes content = content();
    if (!content.equals(seen)) {
      seen = content;
      readAgain();
    }
    return policy;
  }

  private void readAgain() {
    try {
      policy = Policy.read(file);
      LOG.log(
          System.Logger.Level.INFO,
          "{0} is now policy {1} ({2})",
          file,
          policy.name(),
          policy.id());
    } catch (TeexException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "policy {0} ({1}) stays, the file is none: {2}",
          policy.name(),
          policy.id(),
          e.getMessage());
    }
  }

  private Bytes content() {
    try {
      return Bytes.of(Files.readAllBytes(file));
    } catch (IOException e) {
      return UNREADABLE;
    }
  }
}
