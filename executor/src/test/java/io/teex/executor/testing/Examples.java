package io.teex.executor.testing;

import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.executor.instrument.Instrumenter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The committed modules under {@code examples/}. */
public final class Examples {
  private Examples() {}

  /**
   * @param name such as {@code noop/noop}
   */
  public static byte[] wasm(String name) {
    Path root = Path.of("").toAbsolutePath();
    Path inModule = root.resolve("../examples");
    Path examples = Files.isDirectory(inModule) ? inModule : root.resolve("examples");
    try {
      return Files.readAllBytes(examples.resolve(name + ".wasm"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static Instrumented instrumented(String name) {
    return Instrumenter.instrument(wasm(name), InstrumentOptions.DEFAULT);
  }
}
