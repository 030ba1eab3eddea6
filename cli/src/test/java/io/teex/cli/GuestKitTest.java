package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.cli.guest.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a provider does before she sells anything: begin a service, and try it out. */
class GuestKitTest {
  private static final Path EXAMPLES = Path.of("../examples");

  @TempDir private Path directory;

  private Path project(Template template) {
    Path project = directory.resolve("my-service");
    template.copyTo(EXAMPLES, project);
    return project;
  }

  private static Map<?, ?> onlyCase(Cli ended) {
    return (Map<?, ?>) ((List<?>) ended.json("cases")).getFirst();
  }

  @ParameterizedTest
  @EnumSource(
      value = Template.class,
      names = {"C", "CPP", "RUST", "ASSEMBLYSCRIPT"})
  void everyTemplatePassesItsOwnTests(Template template) {
    Cli ended = Cli.run("dev", "test", project(template).toString());

    assertThat(ended.out()).contains("stop-words", "words", "as expected", "2 of 2 passed");
    assertThat(ended.err()).contains("35 words, 26 counted\n", "35 words, 16 counted\n");
    assertThat(ended.exitCode()).isZero();
  }

  @Test
  void aProjectIsWholeAndItsScriptsRun() throws IOException {
    Path project = project(Template.CPP);

    assertThat(project.resolve("build")).isExecutable();
    assertThat(project.resolve("teex.h")).isRegularFile().isReadable();
    assertThat(Files.isSymbolicLink(project.resolve("teex.h"))).isFalse();
    assertThat(project.resolve("node_modules")).doesNotExist();
    Files.createDirectories(directory.resolve("empty"));
    assertThat(Template.PYTHON.copyTo(EXAMPLES, directory.resolve("empty")))
        .contains(Path.of("service.py"), Path.of("tests/words.input"))
        .doesNotContain(Path.of("node_modules"));
  }

  @Test
  void nothingIsWrittenOver() throws IOException {
    Path project = project(Template.C);
    Files.writeString(project.resolve("service.c"), "mine");

    Cli ended = Cli.run("dev", "test", project.toString(), "--data", "x");
    assertThat(ended.err()).startsWith("USAGE: ").contains("belong to --input");
    assertThatThrownBy(() -> Template.C.copyTo(EXAMPLES, project))
        .hasMessageContaining("is not empty");
    assertThat(project.resolve("service.c")).hasContent("mine");
  }

  @Test
  void aRunSaysWhatItTookAndWhatItCosts() throws IOException {
    Path project = project(Template.C);
    Path input = Files.writeString(directory.resolve("input"), "to be or not to be");

    Cli ended =
        Cli.run(
            "dev",
            "test",
            project.toString(),
            "--input",
            input.toString(),
            "--json",
            "--price",
            "7",
            "--per-million-fuel",
            "2");

    Map<?, ?> only = onlyCase(ended);
    assertThat(only.get("outcome")).isEqualTo("COMPLETED");
    assertThat(only.get("outputHex")).isEqualTo("626520320a746f20320a6e6f7420310a6f7220310a");
    assertThat(only.get("chargedFuel")).isEqualTo(1_000_000);
    assertThat(only.get("cost")).isEqualTo("9");
    assertThat((Integer) only.get("memoryBytes")).isPositive();
    assertThat(ended.exitCode()).isZero();
  }

  @Test
  void anotherOutputThanTheExpectedOneFailsAndIsShown() throws IOException {
    Path project = project(Template.C);
    Files.writeString(project.resolve("tests/words.expect"), "to 4\nthe 33\n");

    Cli ended = Cli.run("dev", "test", project.toString());

    assertThat(ended.out()).contains("line 2): seen 'the 3', expected 'the 33'", "1 of 2 passed");
    assertThat(ended.exitCode()).isEqualTo(1);
  }

  @Test
  void limitsHoldAsAWorkerWouldHoldThem() throws IOException {
    Path project = project(Template.RUST);
    Path input = Files.writeString(directory.resolve("input"), "to be or not to be");

    Cli ended =
        Cli.run(
            "dev",
            "test",
            project.toString(),
            "--input",
            input.toString(),
            "--fuel",
            "1000",
            "--json");

    assertThat(onlyCase(ended).get("outcome")).isEqualTo("OUT_OF_FUEL");
    assertThat(onlyCase(ended).get("fuel")).isEqualTo(1000);
    assertThat(ended.exitCode()).isEqualTo(1);
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    Path bare = Files.createDirectories(directory.resolve("bare"));

    Cli unbuilt = Cli.run("dev", "test", bare.toString());
    Files.writeString(bare.resolve("service.wasm"), "no module");
    Cli untested = Cli.run("dev", "test", bare.toString());
    Path input = Files.writeString(directory.resolve("input"), "x");
    Cli invalid = Cli.run("dev", "test", bare.toString(), "--input", input.toString());

    assertThat(unbuilt.err()).startsWith("USAGE: ").contains("build it first");
    assertThat(untested.err()).startsWith("USAGE: ").contains("nothing to run").contains(".input");
    assertThat(invalid.err()).startsWith("INVALID_MODULE: ");
  }
}
