package io.teex.cli;

import io.teex.cli.guest.Template;
import io.teex.market.Installation;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code teex init}: a service to begin with. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = "Makes a directory with a small service, its build script and its tests.",
    footer = {"", "Example: ./teex init my-service --template rust && ./teex dev test my-service"})
final class InitCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "A directory that is not there yet, or empty.")
  private Path directory;

  @Option(
      names = "--template",
      required = true,
      description = "The language: ${COMPLETION-CANDIDATES}, in either case.")
  private Template template;

  @Mixin private Output output;

  @Override
  public Integer call() {
    List<Path> files = template.copyTo(Installation.current().examples(), directory);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("directory", directory.toString());
    json.put("files", files.stream().map(Path::toString).toList());
    boolean isBuilt = files.contains(Path.of("service.wasm"));
    output.result(
        json,
        """
        Made %1$s:
        %2$s
        Next:
          %1$s/build     builds service.wasm%3$s; its first lines say what it takes
          ./teex dev test %1$s     runs it on what lies in %1$s/tests\
        """
            .formatted(
                directory,
                String.join("\n", files.stream().map(file -> "  " + file).toList()),
                isBuilt ? " again (it is there)" : ""));
    return 0;
  }
}
