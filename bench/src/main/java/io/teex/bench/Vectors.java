package io.teex.bench;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Genuine evidence, which is kept outside of the project: {@code TEEX_VECTORS} says where. */
record Vectors(Path root) {
  static final String VARIABLE = "TEEX_VECTORS";

  static Vectors fromEnvironment() {
    String root = System.getenv(VARIABLE);
    if (root == null || root.isBlank()) {
      throw missing("%s is not set".formatted(VARIABLE));
    }
    return new Vectors(Path.of(root));
  }

  /** A file of a case, such as {@code tdx/name} and {@code quote.bin}. */
  Path file(String path, String name) {
    Path file = root.resolve(path).resolve(name);
    if (!Files.isRegularFile(file)) {
      throw missing("%s is not there".formatted(file));
    }
    return file;
  }

  private static TeexException missing(String what) {
    return new TeexException(
        ErrorCode.DEPENDENCY_MISSING,
        "there is no genuine evidence to verify: %s. Set %s to the directory of attestation vectors"
            .formatted(what, VARIABLE));
  }
}
