package io.teex.cli;

import io.teex.chain.ChainClient;
import io.teex.chain.Proceeds;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.sdk.Audit;
import io.teex.sdk.MarketFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code teex money audit}: whether what was taken is what was ordered, and what to do if not. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {
      "Compares what batches took from your lanes with the orders that `run` kept here.",
      "It needs the chain alone: no dispatcher has to answer. Orders that you signed on another",
      "machine are not known here; audit there.",
      "With --challenge, asks for what is not justified in court, for a bond, and cancels a batch",
      "that nobody justified in time: its payers get their money back, you your bond and a reward.",
      "The dispatcher has hours to answer. Say it again later, or add --follow to wait."
    },
    footer = {"", "Example: ./teex money audit --challenge --follow --as alice"})
final class AuditCommand implements Callable<Integer> {
  /** A week of Ethereum, which is longer than the time for a challenge. */
  private static final long BLOCKS = 50_000;

  private static final Duration POLL = Duration.ofSeconds(1);

  @Option(names = "--challenge", description = "Challenge what is not justified.")
  private boolean challenge;

  @Option(names = "--follow", description = "Wait until every challenge is decided.")
  private boolean follow;

  @Option(
      names = "--dispatcher",
      paramLabel = "ADDRESS",
      converter = Hexes.Account.class,
      description = "Whose batches (default: the market's first).")
  private @Nullable Address dispatcher;

  @Mixin private AccountOption account;
  @Mixin private MarketLocation location;
  @Mixin private Output output;

  @Override
  public Integer call() {
    MarketFile market = location.marketFile();
    Address of = dispatcher == null ? market.dispatchers().getFirst().address() : dispatcher;
    try (TransactionSigner signer = account.signer(Account.ALICE);
        ChainClient chain = ChainClient.connect(market.chainRpc())) {
      TransactionSender user = new TransactionSender(chain, signer);
      Audit audit = new Audit(chain, market.addresses(), location.records(market));
      long from = Math.max(0, chain.blockNumber() - BLOCKS);
      List<Audit.Finding> findings = audit.of(user.address(), of, from);
      if (challenge) {
        findings = pursue(audit, user, of, from, findings);
      }
      Amount back =
          challenge ? new Proceeds(chain, market.addresses()).collect(user).total() : Amount.ZERO;
      show(findings, back);
      return findings.stream().anyMatch(AuditCommand::isOpen) && !challenge
          ? ErrorCode.ORDER_MISMATCH.exitCode()
          : 0;
    }
  }

  /** One step for each, or all steps until the court has decided. */
  private List<Audit.Finding> pursue(
      Audit audit, TransactionSender user, Address of, long from, List<Audit.Finding> seen) {
    List<Audit.Finding> findings = seen;
    do {
      for (Audit.Finding finding : findings) {
        if (isNext(finding.state())) {
          output.step(inWords(finding));
          audit.pursue(user, finding);
        }
      }
      findings = audit.of(user.address(), of, from);
    } while (follow && findings.stream().anyMatch(AuditCommand::isOpen) && pause());
    return findings;
  }

  private static boolean isNext(Audit.State state) {
    return state == Audit.State.CHALLENGEABLE || state == Audit.State.UNANSWERED;
  }

  private static boolean isOpen(Audit.Finding finding) {
    return isNext(finding.state()) || finding.state() == Audit.State.CHALLENGED;
  }

  private static boolean pause() {
    try {
      Thread.sleep(POLL);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(
          ErrorCode.UNAVAILABLE, "interrupted; say it again to go on where it is", e);
    }
  }

  private static String inWords(Audit.Finding finding) {
    return "batch %d, lane %d, tasks %d to %d: it %s: %s"
        .formatted(
            finding.batch().number(),
            finding.taken().lane(),
            finding.taken().previous() + 1,
            finding.taken().to(),
            finding.words(),
            inWords(finding.state(), finding));
  }

  private static String inWords(Audit.State state, Audit.Finding finding) {
    return switch (state) {
      case JUSTIFIED -> "justified";
      case CHALLENGEABLE -> "NOT JUSTIFIED, can be challenged until " + finding.untilTime();
      case CHALLENGED -> "challenged, can be answered until " + finding.untilTime();
      case UNANSWERED -> "NOT ANSWERED in time, the batch can be cancelled";
      case ANSWERED -> "justified in court by orders that are not kept here";
      case UNDONE -> "undone, its payers have their money back";
      case FINAL -> "NOT JUSTIFIED, and too late to challenge";
    };
  }

  private void show(List<Audit.Finding> findings, Amount back) {
    List<Map<String, Object>> entries = new ArrayList<>();
    StringBuilder words = new StringBuilder();
    for (Audit.Finding finding : findings) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("batch", finding.batch().number());
      entry.put("transaction", finding.batch().transaction().toString());
      entry.put("lane", finding.taken().lane());
      entry.put("from", finding.taken().previous() + 1);
      entry.put("to", finding.taken().to());
      entry.put("taken", finding.taken().amount().toString());
      entry.put("justified", finding.justification().most().toString());
      entry.put("state", finding.state().name().toLowerCase(Locale.ROOT));
      entry.put("until", finding.untilTime().toString());
      entries.add(entry);
      words.append(inWords(finding)).append(System.lineSeparator());
    }
    if (findings.isEmpty()) {
      words.append("Nothing was taken from your lanes lately.");
    }
    if (!back.isZero()) {
      words.append("%s of bonds, rewards and earnings are among your tokens.".formatted(back));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("debits", entries);
    json.put("collected", back.toString());
    output.result(json, words.toString());
  }
}
