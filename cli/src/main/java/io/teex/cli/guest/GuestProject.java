package io.teex.cli.guest;

import io.teex.cli.InputFile;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A module, and what it is tried with: {@code service.wasm} in a directory whose {@code tests} hold
 * {@code NAME.input}, and where they are wanted {@code NAME.data} (data set 0) and {@code
 * NAME.expect} (the output, to the byte).
 */
public record GuestProject(Path module, List<GuestCase> cases) {
  private static final String INPUT = ".input";

  public GuestProject {
    cases = List.copyOf(cases);
  }

  /**
   * @param path a directory, or a module without cases
   * @throws TeexException {@code USAGE}
   */
  public static GuestProject open(Path path) {
    if (!Files.isDirectory(path)) {
      return new GuestProject(path, List.of());
    }
    Path module = path.resolve("service.wasm");
    if (!Files.exists(module)) {
      throw new TeexException(
          ErrorCode.USAGE,
          "%s is not there: build it first, with %s/build".formatted(module, path));
    }
    Path tests = path.resolve("tests");
    return new GuestProject(module, Files.isDirectory(tests) ? casesIn(tests) : List.of());
  }

  private static List<GuestCase> casesIn(Path tests) {
    try (Stream<Path> files = Files.list(tests)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(INPUT))
          .map(name -> name.substring(0, name.length() - INPUT.length()))
          .sorted()
          .map(name -> read(tests, name))
          .toList();
    } catch (IOException e) {
      throw new TeexException(
          ErrorCode.USAGE, "%s cannot be read: %s".formatted(tests, e.getMessage()), e);
    }
  }

  private static GuestCase read(Path tests, String name) {
    return new GuestCase(
        name,
        Bytes.of(InputFile.read(tests.resolve(name + INPUT))),
        content(tests.resolve(name + ".data")).stream().toList(),
        content(tests.resolve(name + ".expect")));
  }

  private static Optional<Bytes> content(Path file) {
    return Files.exists(file) ? Optional.of(Bytes.of(InputFile.read(file))) : Optional.empty();
  }
}
