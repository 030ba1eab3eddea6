package io.teex.cli;

import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.ReplayVerdict;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.sdk.Market;
import io.teex.sdk.ReplayResult;
import io.teex.sdk.TaskPapers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code teex job replay}: whether a receipt is true. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Has a task of yours executed again by another worker, bit for bit, and compares.",
      "Costs nothing; three times for each task, until a week after its deadline."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Everything is as the receipt says.",
      "13:The two workers say different things.",
      "5:Nothing can be said, or the replay was refused."
    },
    footer = {"", "Example: ./teex job replay 0x1f… --input digit.bin"})
final class ReplayJobCommand implements Callable<Integer> {
  private static final int DIFFERENT = 13;
  private static final int UNCLEAR = 5;
  private static final String WHAT_TO_DO =
      "No contract can tell which of them it is, so no stake is taken for it and the fee is not paid back. "
          + "Replay again: a third worker that agrees with one of them shows who it is. "
          + "Receipt and report (--json) are signed; show both to who governs the market, who can revoke a worker.";

  @Parameters(
      paramLabel = "TASK",
      converter = Hexes.Task.class,
      description = "The task's id, as `run` told it.")
  private TaskId task;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "The input that the task had.")
  private Path input;

  @Option(
      names = "--papers",
      paramLabel = "FILE",
      description = "What `run` kept of the task (default: in the market's directory).")
  private @Nullable Path papers;

  @Option(
      names = "--leave",
      paramLabel = "FILE",
      description =
          "The leave of the owner of data that the task used (./teex data allow-replay); may be repeated.")
  private List<Path> leaves = new ArrayList<>();

  @Mixin private AccountOption account;
  @Mixin private MarketLocation location;
  @Mixin private Output output;

  @Override
  public Integer call() {
    Path kept = papers == null ? PapersFile.of(location.directory(), task) : papers;
    TaskPapers read = PapersFile.read(kept, task);
    List<Signed<ReplayLeave>> signed =
        leaves.stream()
            .map(file -> Signed.decode(ReplayLeave.class, InputFile.read(file)))
            .toList();
    try (SecretBytes content = SecretBytes.owned(InputFile.read(input));
        TransactionSigner signer = account.signer(Account.ALICE);
        Market market = Market.connect(location.marketFile())) {
      ReplayResult result = market.user(signer).replay(read, content, signed);
      output.result(json(read, result), words(read.receipt().value(), result));
      return switch (result.verdict()) {
        case ReplayVerdict.Same _ -> 0;
        case ReplayVerdict.Different _ -> DIFFERENT;
        case ReplayVerdict.Unclear _ -> UNCLEAR;
      };
    }
  }

  private static Map<String, Object> json(TaskPapers papers, ReplayResult result) {
    ReplayReport report = result.report().value();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("task", report.taskId().toString());
    json.put("receipt", report.receipt().toString());
    json.put(
        "verdict",
        switch (result.verdict()) {
          case ReplayVerdict.Same _ -> "SAME";
          case ReplayVerdict.Different _ -> "DIFFERENT";
          case ReplayVerdict.Unclear _ -> "UNCLEAR";
        });
    json.put(
        "differences",
        result.verdict() instanceof ReplayVerdict.Different different
            ? different.differences()
            : List.of());
    json.put("receiptWorker", papers.receipt().value().worker().toString());
    json.put("replayWorker", report.worker().toString());
    json.put("sameMachine", result.sameMachine());
    json.put("receiptEngine", papers.receipt().value().execution().engine());
    json.put("replayEngine", report.engine());
    json.put("report", "0x" + HexFormat.of().formatHex(result.report().encode()));
    return json;
  }

  static String words(Receipt receipt, ReplayResult result) {
    ReplayReport report = result.report().value();
    String by =
        "Executed again by worker %s%s on %s; the receipt is by worker %s on %s."
            .formatted(
                report.worker(),
                result.sameMachine() ? " (on the same machine)" : "",
                report.engine(),
                receipt.worker(),
                receipt.execution().engine());
    return switch (result.verdict()) {
      case ReplayVerdict.Same _ ->
          "SAME: outcome, fuel, memory, output, input, image and random seed are as the receipt says.%n%s"
              .formatted(by);
      case ReplayVerdict.Unclear unclear -> "UNCLEAR: %s.%n%s".formatted(unclear.why(), by);
      case ReplayVerdict.Different different ->
          "DIFFERENT: one of the two workers lied or is broken, or the service runs a model, whose last digits differ between kinds of processors.%n%s%n%s%n%s"
              .formatted(table(different), by, WHAT_TO_DO);
    };
  }

  private static String table(ReplayVerdict.Different different) {
    Table table = new Table("what", "receipt", "replay");
    different
        .differences()
        .forEach(found -> table.row(found.what(), found.receipt(), found.replay()));
    return table.toString();
  }
}
