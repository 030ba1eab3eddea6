package io.teex.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The committed modules under {@code examples/}. */
final class Modules {
  private Modules() {}

  /**
   * @param name such as {@code noop/noop}
   */
  static byte[] wasm(String name) {
    try {
      return Files.readAllBytes(Path.of("../examples", name + ".wasm"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
