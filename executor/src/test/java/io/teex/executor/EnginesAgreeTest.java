package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static io.teex.executor.testing.Tasks.withLimits;
import static io.teex.executor.testing.Tasks.withSeed;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.instrument.Instrumented;
import io.teex.executor.testing.Examples;
import io.teex.protocol.Isolation;
import io.teex.protocol.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task returns, costs and is told does not depend on the engine. */
final class EnginesAgreeTest {
  private static ProcessExecutor v8;
  private static ProcessExecutor endive;

  @BeforeAll
  static void start() {
    v8 = ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(EngineKind.V8));
    endive = ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(EngineKind.ENDIVE));
  }

  @AfterAll
  static void stop() {
    v8.close();
    endive.close();
  }

  private record Seen(String outcome, String message, long fuel, long memory, String output) {}

  private static Seen run(Executor executor, Instrumented module, Task task)
      throws InterruptedException {
    Result result = executor.run(job("user", module, Isolation.SESSION), task);
    return new Seen(
        result.outcome().name(),
        result.message(),
        result.fuel(),
        result.memoryBytes(),
        new String(result.output().expose(), StandardCharsets.ISO_8859_1));
  }

  private static Seen agreed(Instrumented module, Task task) throws InterruptedException {
    Seen fast = run(v8, module, task);

    assertThat(run(endive, module, task)).isEqualTo(fast);
    return fast;
  }

  @Test
  void nameThemselves() {
    assertThat(v8.facts().engine()).matches("v8-[0-9.]+/node-[0-9.]+");
    assertThat(endive.facts().engine()).matches("endive-[0-9.]+/java-25");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "noop/noop",
        "hostile/curious",
        "hostile/exit",
        "hostile/flood",
        "hostile/grow",
        "hostile/loop",
        "hostile/ranges",
        "hostile/recurse",
        "hostile/trap",
        "digits/digits"
      })
  void runEveryExampleAlike(String example) throws InterruptedException {
    Task task = withLimits(aTask(), 50_000_000, 32 << 20, 1 << 20);
    Instrumented module = Examples.instrumented(example);

    agreed(module, task);
    agreed(module, withInput(task, text("0123456789abcdef".repeat(3)), text("some data")));
  }

  @Test
  void stopAtTheSamePlaceWhateverFuelIsLeft() throws InterruptedException {
    long seed = new Random().nextLong();
    System.out.println("EnginesAgreeTest seed " + seed);
    Random random = new Random(seed);
    List<Instrumented> modules =
        List.of(Examples.instrumented("hostile/curious"), Examples.instrumented("noop/noop"));
    for (Instrumented module : modules) {
      for (int i = 0; i < 40; i++) {
        byte[] randomness = new byte[Task.SEED_BYTES];
        random.nextBytes(randomness);
        Task task = withInput(aTask(), text("x".repeat(random.nextInt(3000))), text("data"));

        agreed(
            module,
            withSeed(
                withLimits(task, random.nextInt(700_000), 32 << 20, random.nextInt(4000)),
                SecretBytes.owned(randomness)));
      }
    }
  }
}
