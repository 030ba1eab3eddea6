package io.teex.executor;

import static io.teex.executor.testing.Tasks.aTask;
import static io.teex.executor.testing.Tasks.job;
import static io.teex.executor.testing.Tasks.text;
import static io.teex.executor.testing.Tasks.withInput;
import static io.teex.executor.testing.Tasks.withLimits;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumented;
import io.teex.executor.instrument.Instrumenter;
import io.teex.executor.testing.SearchExample;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The search example: what is asked and what is found share no words, only meaning. */
final class SemanticSearchTest {
  private static final String TEXTS =
      """
      The court dismissed the appeal because it was filed too late.
      Whisk the eggs with sugar until they are pale, then fold in the flour.
      The patient complained of pain in the chest and shortness of breath.
      Our train to the coast leaves at seven in the morning.
      A puppy needs several short walks every day.
      """;
  private static final Instrumented SEARCH =
      Instrumenter.instrument(SearchExample.image(), InstrumentOptions.DEFAULT);

  private static Result search(ProcessExecutor executor, String question)
      throws InterruptedException {
    Task task = withLimits(aTask(), 10_000_000_000L, 64 << 20, 1 << 20);
    Result result =
        executor.run(
            job("user", SEARCH, Isolation.SESSION), withInput(task, text(question), text(TEXTS)));
    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.COMPLETED);
    return result;
  }

  private static String output(Result result) {
    return new String(result.output().expose(), StandardCharsets.UTF_8);
  }

  @Test
  void findsWhatIsMeantAndCountsItTheSameOnBothEngines() throws InterruptedException {
    try (ProcessExecutor fast = ProcessExecutor.start(ExecutorConfig.DEFAULT);
        ProcessExecutor other =
            ProcessExecutor.start(ExecutorConfig.DEFAULT.withEngine(EngineKind.ENDIVE))) {
      Result cake = search(fast, "How do I bake a cake?");

      assertThat(output(cake)).matches("(?s)\\d+ Whisk the eggs.*").hasLineCount(3);
      assertThat(output(search(fast, "symptoms of a heart attack"))).contains(" The patient");
      assertThat(output(search(fast, "symptoms of a heart attack")).indexOf("The patient"))
          .isLessThan(5);
      assertThat(output(search(fast, "taking care of a young dog"))).matches("(?s)\\d+ A puppy.*");
      assertThat(output(search(fast, "judges and legal deadlines")))
          .matches("(?s)\\d+ The court.*");
      Result again = search(other, "How do I bake a cake?");
      assertThat(output(again)).isEqualTo(output(cake));
      assertThat(again.fuel()).isEqualTo(cake.fuel());
    }
  }
}
