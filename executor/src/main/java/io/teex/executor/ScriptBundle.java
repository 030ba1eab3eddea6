package io.teex.executor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The executor's scripts as one, so that Node need not look for each of them, read and check it: of
 * the 31 ms of CPU time that starting cost, that was 7.
 */
final class ScriptBundle {
  private static final String MAIN = "main.js";

  /** What {@link #MAIN} requires, and they of each other. */
  private static final List<String> MODULES =
      List.of(
          "pipe.js",
          "run.js",
          "guest.js",
          "arguments.js",
          "log.js",
          "outcome.js",
          "datasets.js",
          "infer.js",
          "teex.js",
          "wasi.js",
          "random.js");

  private static final String LOADER =
      """
      };
      const loaded = {};
      function load(name) {
        if (!(name in sources)) return require(name);
        if (!(name in loaded)) {
          loaded[name] = { exports: {} };
          sources[name](loaded[name], load);
        }
        return loaded[name].exports;
      }
      sources['./main.js']({}, load);
      """;

  private ScriptBundle() {}

  static byte[] build() {
    StringBuilder bundle = new StringBuilder("'use strict';\nconst sources = {\n");
    MODULES.forEach(name -> append(bundle, name));
    append(bundle, MAIN);
    return bundle.append(LOADER).toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void append(StringBuilder bundle, String name) {
    bundle.append("'./").append(name).append("'(module, require) {\n");
    bundle.append(read(name)).append("},\n");
  }

  private static String read(String name) {
    try (InputStream script = ScriptBundle.class.getResourceAsStream("v8/" + name)) {
      if (script == null) {
        throw new IllegalStateException("the jar lacks the script " + name);
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the script " + name, e);
    }
  }
}
