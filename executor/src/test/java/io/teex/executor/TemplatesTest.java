package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.executor.instrument.Instrumenter;
import io.teex.executor.testing.Examples;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The templates of {@code teex init}: one service, whatever the language. */
final class TemplatesTest {
  private static final String[] WITH_DATA = {"c", "cpp", "rust", "assemblyscript"};

  private static Instrumented template(String language) {
    return Examples.instrumented("templates/%s/service".formatted(language));
  }

  private static String output(Result result) {
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
    return new String(result.output().expose(), StandardCharsets.UTF_8);
  }

  /** Words of few letters, so that many are the same, among bytes of all kinds. */
  private static SecretBytes words(RandomGenerator random, int size) {
    byte[] text = new byte[size];
    String letters = "aaAbBc eeE tT \n.,-'";
    for (int i = 0; i < size; i++) {
      boolean any = random.nextInt(40) == 0;
      text[i] = (byte) (any ? 1 + random.nextInt(255) : letters.charAt(random.nextInt(19)));
    }
    return SecretBytes.owned(text);
  }

  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void sayTheSameInEveryLanguage(EngineKind engine) throws InterruptedException {
    long seed = Long.getLong("teex.seed", new SplittableRandom().nextLong());
    System.out.println("rerun with -Dteex.seed=" + seed);
    RandomGenerator random = new SplittableRandom(seed);
    try (Executor executor = ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(engine))) {
      for (int round = 0; round < 3; round++) {
        Task task =
            withInput(
                aTask(),
                words(random, 20 + random.nextInt(20_000)),
                words(random, 1 + random.nextInt(10_000)));
        String first = output(executor.run(job("user", template("c"), Isolation.SESSION), task));
        for (String language : WITH_DATA) {
          Job job = job("user", template(language), Isolation.SESSION);
          assertThat(output(executor.run(job, task))).as(language).isEqualTo(first);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"c", "cpp", "rust", "assemblyscript"})
  void endWithACodeWhereThereIsNothingToDo(String language) throws InterruptedException {
    try (Executor executor = ProcessExecutor.start(ExecutorConfig.DEFAULT)) {
      Task task = withInput(aTask(), text("1 2 3"));

      Result result = executor.run(job("user", template(language), Isolation.PROCESS), task);

      assertThat(result.outcome()).isEqualTo(Outcome.GUEST_EXIT);
      assertThat(result.message()).isEqualTo("the service ended with exit code 1");
    }
  }

  /** Who develops a service sees what it logs; nothing else of the run differs. */
  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void logForTheirAuthorAloneAndAtTheSameFuel(EngineKind engine) throws InterruptedException {
    ExecutorConfig config = ExecutorConfig.DEFAULT.withEngine(engine);
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Task task = withInput(aTask(), text("to be or not to be"));
    for (String language : List.of("c", "rust")) {
      Job job = job("user", template(language), Isolation.PROCESS);
      shown.reset();
      Result seen;
      Result unseen;
      try (Executor author = ProcessExecutor.startLogging(config, shown::write)) {
        seen = author.run(job, task);
      }
      try (Executor worker = ProcessExecutor.start(config)) {
        unseen = worker.run(job, task);
      }

      assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("6 words, 4 counted\n");
      assertThat(output(unseen)).isEqualTo(output(seen)).isEqualTo("be 2\nto 2\nnot 1\nor 1\n");
      assertThat(unseen.fuel()).isEqualTo(seen.fuel());
    }
  }

  /** The C library counts, points at and copies what the image brings. */
  @ParameterizedTest
  @EnumSource(EngineKind.class)
  void getTheArgumentsOfTheirImage(EngineKind engine) throws InterruptedException {
    Instrumented plain = Examples.instrumented("arguments/arguments");
    ByteArrayOutputStream wasm = new ByteArrayOutputStream();
    wasm.writeBytes(Examples.wasm("arguments/arguments"));
    byte[] section = "\tteex.argsone\0\0three\0".getBytes(StandardCharsets.US_ASCII);
    wasm.write(0);
    wasm.write(section.length);
    wasm.writeBytes(section);
    Instrumented brought = Instrumenter.instrument(wasm.toByteArray(), InstrumentOptions.DEFAULT);
    try (Executor executor = ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(engine))) {
      assertThat(output(executor.run(job("user", plain, Isolation.PROCESS), aTask())))
          .isEqualTo("1: [service]\n");
      assertThat(output(executor.run(job("user", brought, Isolation.PROCESS), aTask())))
          .isEqualTo("3: [one] [] [three]\n");
    }
  }

  /** Python's runtime comes from npm; {@code templates/python/build} makes the image. */
  @Test
  void runPythonFromItsImage() throws InterruptedException, IOException {
    Path image = Path.of("../examples/templates/python/service.wasm");
    assumeTrue(
        Files.exists(image),
        "SKIPPED: run 'npm ci --ignore-scripts && ./build' in examples/templates/python");
    Instrumented python =
        Instrumenter.instrument(Files.readAllBytes(image), InstrumentOptions.DEFAULT);
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    try (Executor author = ProcessExecutor.startLogging(ExecutorConfig.DEFAULT, shown::write)) {
      Job job = job("user", python, Isolation.SESSION);
      Task task = withInput(aTask(), text("to be or not to be"));

      assertThat(output(author.run(job, task))).isEqualTo("be 2\nto 2\nnot 1\nor 1\n");
      assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("6 words, 4 counted\n");
    }
  }
}
