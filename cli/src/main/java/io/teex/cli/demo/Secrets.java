package io.teex.cli.demo;

import io.teex.market.EmbeddedMarket;
import io.teex.market.audit.Party;
import io.teex.market.audit.SecrecyAudit;
import io.teex.market.audit.Secret;
import io.teex.protocol.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is searched for: the image, the data, and inputs, these by the worker that the dispatcher
 * gave them to, so that a worker that saw another's input is found.
 */
final class Secrets {
  private static final String INPUT = "input";
  private static final String INPUT_OF = "input of ";
  private static final int INPUTS_PER_WORKER = 8;

  private final List<Secret> secrets;

  private Secrets(List<Secret> secrets) {
    this.secrets = secrets;
  }

  static Secrets of(byte[] wasm, byte[] dataset, List<Answer> answers, EmbeddedMarket market) {
    List<Secret> secrets = new ArrayList<>();
    secrets.add(new Secret("image", Bytes.of(wasm)));
    secrets.add(new Secret("data", Bytes.of(dataset)));
    answers.stream()
        .collect(
            Collectors.groupingBy(a -> market.workerName(a.result().receipt().value().worker())))
        .forEach((worker, theirs) ->
            theirs.stream()
                .map(answer -> new Secret(INPUT_OF + worker, answer.digit().pixels()))
                .filter(Secret::isSearchable)
                .limit(INPUTS_PER_WORKER)
                .forEach(secrets::add));
    return new Secrets(secrets);
  }

  /** Does what a careless dispatcher would do. */
  void plant(Path log) throws IOException {
    String leak = HexFormat.of().formatHex(secrets.getLast().content().copy());
    Files.writeString(
        log, "debug: input " + leak + "\n", StandardOpenOption.APPEND, StandardOpenOption.CREATE);
  }

  List<SecrecyAudit.Finding> search(EmbeddedMarket market) {
    List<Party> parties = market.parties("image", "data", INPUT_OF);
    return new SecrecyAudit(secrets).examine(parties);
  }

  static Map<String, List<String>> seen(List<SecrecyAudit.Finding> findings) {
    Map<String, List<String>> seen = new LinkedHashMap<>();
    for (SecrecyAudit.Finding finding : findings) {
      seen.put(
          finding.party().name(),
          List.copyOf(
              finding.seen().stream()
                  .map(kind -> named(finding.party(), kind))
                  .collect(Collectors.toCollection(TreeSet::new))));
    }
    return seen;
  }

  static Map<String, List<String>> leaks(List<SecrecyAudit.Finding> findings) {
    Map<String, List<String>> leaks = new LinkedHashMap<>();
    for (SecrecyAudit.Finding finding : findings) {
      if (!finding.leaked().isEmpty()) {
        leaks.put(
            finding.party().name(),
            finding.leaked().stream()
                .map(kind -> named(finding.party(), kind) + " in " + finding.places().get(kind))
                .toList());
      }
    }
    return leaks;
  }

  /** A worker's own input is just input; anybody else's is named. */
  private static String named(Party party, String kind) {
    return party.allowed().contains(kind) && kind.startsWith(INPUT_OF) ? INPUT : kind;
  }
}
