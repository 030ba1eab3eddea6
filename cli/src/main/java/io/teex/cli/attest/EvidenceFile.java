package io.teex.cli.attest;

import io.teex.attestation.Evidence;
import io.teex.attestation.source.EvidenceKinds;
import io.teex.cli.InputFile;
import java.nio.file.Path;
import java.util.Optional;

/** Evidence as people keep it. */
final class EvidenceFile {
  private EvidenceFile() {}

  /**
   * Empty if it is no evidence of a known kind.
   *
   * @throws io.teex.protocol.TeexException {@code USAGE} if the file cannot be read
   */
  static Optional<Evidence> read(Path file) {
    return EvidenceKinds.recognise(InputFile.read(file));
  }
}
