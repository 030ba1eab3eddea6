package io.teex.cli.attest;

import io.teex.attestation.Decision;
import io.teex.attestation.DecisionLog;
import io.teex.cli.Output;
import io.teex.protocol.ErrorCode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code teex attest replay}: does a recorded decision come out the same again? */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Verifies again what a node decided, from its record: the same evidence, collateral, time and"
          + " policy.",
      "It ends with 4 if the verdict is another one."
    },
    footer = {"", "Example: ./teex attest replay decisions/0000000042-refused.json"})
final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The record of a decision.")
  private Path file;

  @Mixin private Output output;

  @Override
  public Integer call() {
    Decision.Recorded recorded = DecisionLog.read(file);
    Decision decision = recorded.decision();
    Decision.Replay replay = decision.replay();
    String was = verdict(decision.outcome().accepted(), decision.outcome().codes());
    String is = verdict(replay.verdict().accepted(), replay.verdict().codes());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("decider", recorded.decider().toString());
    json.put("kind", Names.code(decision.evidence().kind()));
    json.put("time", decision.time().latest().toString());
    json.put("role", decision.expected().role().name().toLowerCase(Locale.ROOT));
    json.put("same", replay.same());
    json.put("recorded", outcome(decision.outcome().accepted(), decision.outcome().codes()));
    json.put("replayed", outcome(replay.verdict().accepted(), replay.verdict().codes()));
    output.result(
        json,
        """
        %s as %s, decided by %s for %s
          recorded  %s
          replayed  %s
        %s\
        """
            .formatted(
                Names.words(decision.evidence().kind()),
                decision.expected().role(),
                recorded.decider(),
                decision.time().latest(),
                was,
                is,
                replay.same()
                    ? "The same verdict."
                    : "ANOTHER VERDICT: the record does not follow from what it rests on, or this"
                        + " version of TEEX judges otherwise."));
    return replay.same() ? 0 : ErrorCode.ATTESTATION_REFUSED.exitCode();
  }

  private static String verdict(boolean accepted, List<String> codes) {
    return accepted ? "accepted" : "refused: " + String.join(", ", codes);
  }

  private static Map<String, Object> outcome(boolean accepted, List<String> codes) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("verdict", accepted ? "accept" : "reject");
    json.put("reject_reasons", codes);
    return json;
  }
}
