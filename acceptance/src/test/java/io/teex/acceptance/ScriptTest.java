package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.market.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code teex} on machines that lack something: a code, the reason, and the remedy. */
class ScriptTest {
  @TempDir private Path directory;
  private Path checkout;

  /** A copy with one empty module, so that a check that is missed does no harm. */
  @BeforeEach
  void aCheckout() throws IOException {
    checkout = directory.resolve("checkout");
    Files.createDirectories(checkout.resolve("protocol"));
    Files.createFile(checkout.resolve("protocol/pom.xml"));
    Files.copy(
        Installation.current().home().resolve("teex"),
        checkout.resolve("teex"),
        StandardCopyOption.COPY_ATTRIBUTES);
  }

  private record Ended(int exitCode, String said) {}

  private Ended teex(List<String> wall, Path path, String... arguments)
      throws IOException, InterruptedException {
    Path said = directory.resolve("said");
    List<String> command = new ArrayList<>(wall);
    command.add(checkout.resolve("teex").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("PATH", path.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (!wall.isEmpty()) {
      builder.environment().keySet().removeAll(List.of("JAVA_HOME", "TEEX_JAVA_HOME"));
      builder.environment().put("HOME", directory.toString());
    }
    Process process = builder.start();
    process.getOutputStream().close();
    return new Ended(process.waitFor(), Files.readString(said));
  }

  private Path pathWithout(String... missing) throws IOException {
    return Tools.without(directory.resolve("bin"), missing);
  }

  private static void assertMissing(String what, String remedy, Ended ended) {
    assertThat(ended.said()).startsWith(what).contains("To install it: ", remedy);
    assertThat(ended.exitCode()).isEqualTo(9);
  }

  @Test
  void namesAMissingJdkAndWhereItLooked() throws Exception {
    List<String> wall = List.of("bwrap", "--dev-bind", "/", "/", "--tmpfs", "/usr/lib/jvm");

    Ended ended = teex(wall, pathWithout("java", "javac"), "demo");

    assertMissing("DEPENDENCY_MISSING: JDK 25 was not found. ", "set JAVA_HOME to it", ended);
  }

  @Test
  void namesAMissingNode() throws Exception {
    Ended ended = teex(List.of(), pathWithout("node", "nodejs"), "demo");

    assertMissing("DEPENDENCY_MISSING: Node.js (node) was not found. ", "nodejs npm", ended);
  }

  @Test
  void namesANodeThatIsTooOld() throws Exception {
    Path path = pathWithout("node", "nodejs");
    Path old = Files.writeString(path.resolve("node"), "#!/bin/sh\necho v18.19.0\n");
    assertThat(old.toFile().setExecutable(true)).isTrue();

    Ended ended = teex(List.of(), path, "demo");

    assertMissing(
        "DEPENDENCY_MISSING: Node.js 20 or newer was not found. node --version says v18.19.0.",
        "install Node.js 20 or newer",
        ended);
  }

  @Test
  void namesAMissingMavenAndNpm() throws Exception {
    assertMissing(
        "DEPENDENCY_MISSING: Maven (mvn) was not found. ",
        "apt-get install maven",
        teex(List.of(), pathWithout("mvn", "npm"), "demo"));
    Files.createSymbolicLink(directory.resolve("bin/mvn"), Path.of("/bin/true"));
    assertMissing(
        "DEPENDENCY_MISSING: npm was not found. ",
        "apt-get install npm",
        teex(List.of(), directory.resolve("bin"), "demo"));
  }

  @Test
  void namesAMissingBubblewrapWhereItMayNotBeInstalled() throws Exception {
    Ended ended = teex(List.of(), pathWithout("bwrap", "apt-get"), "test", "--only", "protocol");

    assertMissing(
        "SANDBOX_MISSING: bwrap was not found. ", "sudo apt-get install bubblewrap", ended);
  }

  @Test
  void namesWhatItDoesNotKnowOfTests() throws Exception {
    Path path = pathWithout();
    for (String[] wrong : new String[][] {{"--fast"}, {"--only", "nothing"}, {"--only"}}) {
      List<String> arguments = new ArrayList<>(List.of("test"));
      arguments.addAll(List.of(wrong));

      Ended ended = teex(List.of(), path, arguments.toArray(String[]::new));

      assertThat(ended.said()).startsWith("USAGE: ").contains("protocol");
      assertThat(ended.exitCode()).isEqualTo(2);
    }
  }
}
