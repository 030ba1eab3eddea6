package io.teex.cli;

import io.teex.chain.Settlement;
import io.teex.chain.TransactionSigner;
import io.teex.market.Account;
import io.teex.protocol.Amount;
import io.teex.protocol.DatasetId;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Limits;
import io.teex.protocol.Receipt;
import io.teex.protocol.ServiceId;
import io.teex.protocol.TeexException;
import io.teex.sdk.Market;
import io.teex.sdk.OrderTerms;
import io.teex.sdk.TaskResult;
import io.teex.sdk.User;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

/** {@code teex run}: one confidential task. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a service on an input that nobody but the attested worker sees.",
    footer = {"", "Example: ./teex run 1 --input digit.bin --data 1 --max-fee 100000"})
final class RunCommand implements Callable<Integer> {
  private static final Amount FIRST_DEPOSIT = Amount.of(1_000_000_000);
  private static final Duration FIRST_ALLOWANCE = Duration.ofDays(1);

  @Parameters(
      paramLabel = "SERVICE",
      converter = Ids.OfService.class,
      description = "The number of the service.")
  private ServiceId service;

  @Option(names = "--input", required = true, paramLabel = "FILE", description = "The input.")
  private Path input;

  @Option(
      names = "--data",
      paramLabel = "ID",
      converter = Ids.OfDataset.class,
      description = "A data set to use; may be repeated.")
  private List<DatasetId> data = new ArrayList<>();

  @Option(
      names = "--max-fee",
      paramLabel = "X",
      converter = Amounts.class,
      defaultValue = "10000000",
      description = "The most that it may cost, in base units (default ${DEFAULT-VALUE}).")
  private Amount maxFee;

  @Option(names = "--purpose", defaultValue = "", description = "What for; licences may ask.")
  private String purpose;

  @Option(
      names = "--fuel",
      converter = Numbers.Fuel.class,
      defaultValue = "10000000000",
      description = "The most instructions that it may execute (default ${DEFAULT-VALUE}).")
  private long fuel;

  @Option(
      names = "--memory-mib",
      converter = Numbers.MemoryMib.class,
      defaultValue = "256",
      description = "The most memory that it may take (default ${DEFAULT-VALUE}).")
  private int memoryMib;

  @Option(
      names = "--max-output",
      converter = Numbers.OutputBytes.class,
      defaultValue = "1048576",
      description = "The most bytes that it may write (default ${DEFAULT-VALUE}).")
  private long maxOutput;

  @Option(
      names = "--lane",
      converter = Numbers.Lane.class,
      defaultValue = "0",
      description = "Which of your budgets pays.")
  private int lane;

  @Option(
      names = "--within",
      paramLabel = "SECONDS",
      converter = Numbers.Seconds.class,
      defaultValue = "300",
      description = "After which the order is void if nobody served it (default ${DEFAULT-VALUE}).")
  private int within;

  @Option(
      names = "--response-step",
      paramLabel = "MILLIS",
      converter = Numbers.ResponseStep.class,
      description =
          "Answer after a whole number of these only, so that nobody learns more exactly how long it took (default: at once).")
  private @Nullable Integer responseStep;

  @Option(
      names = "--on-chain",
      description = "Place the order on chain, with the fee; the input is sealed to the service.")
  private boolean onChain;

  @Option(names = "--output", paramLabel = "FILE", description = "Where the output goes.")
  private @Nullable Path target;

  @Mixin private AccountOption account;
  @Mixin private MarketLocation location;
  @Mixin private Output output;

  @Override
  public Integer call() {
    byte[] content = InputFile.read(input);
    if (target != null) {
      OutputFile.requireWritable(target);
    }
    try (TransactionSigner signer = account.signer(Account.ALICE);
        Market market = location.connect()) {
      User user = market.user(signer);
      if (signer.key().isEmpty()) {
        output.step(
            "the key that opens the output is in this process alone, since the signer gives none: if it ends before the output is here, the output cannot be read");
      }
      if (!onChain) {
        fundOnce(user);
      }
      TaskResult result =
          onChain ? user.runOnChain(terms(content), this::placed) : user.run(terms(content), lane);
      keepPapers(result);
      byte[] answer = result.requireCompleted();
      if (target != null) {
        OutputFile.write(target, answer);
      }
      output.result(describe(result, answer), inWords(result, answer));
      return 0;
    }
  }

  /** A result that is there and paid for is worth more than the papers for doubting it. */
  private void keepPapers(TaskResult result) {
    try {
      PapersFile.write(location.directory(), result.papers());
    } catch (UncheckedIOException e) {
      output.step(String.valueOf(e.getMessage()));
    }
  }

  private OrderTerms terms(byte[] content) {
    OrderTerms standard = OrderTerms.of(service, content);
    long fuelStep = Math.min(fuel, standard.limits().fuelStep());
    return standard
        .withDatasets(data.stream().map(OrderTerms.Use::of).toList())
        .withPurpose(purpose)
        .withFeeMax(maxFee)
        .withLimits(new Limits(fuel, fuelStep, (long) memoryMib << 20))
        .withOutput(maxOutput, 256)
        .withResponseStep(responseStep == null ? Duration.ZERO : Duration.ofMillis(responseStep))
        .withPatience(Duration.ofSeconds(within));
  }

  /** Told before anybody serves it, so that its money is found again whatever happens here. */
  private void placed(User.Requested requested) {
    output.step(
        "placed on chain as task %s, with %s in escrow; ./teex job reclaim gets it back if nobody serves it"
            .formatted(requested.task(), requested.escrow()));
  }

  /** A lane that was never opened gets a first budget; one that is used up or closed says so. */
  private void fundOnce(User user) {
    Settlement.Allowance allowance = user.allowance(lane);
    if (allowance.expiry() != 0) {
      return;
    }
    if (user.tokens().compareTo(FIRST_DEPOSIT) < 0) {
      throw new TeexException(
          ErrorCode.ALLOWANCE_TOO_SMALL,
          "%s has %s tokens and nothing deposited; ./teex money deposit takes a smaller amount"
              .formatted(user.address(), user.tokens()));
    }
    output.step("depositing %s once, for lane %d".formatted(FIRST_DEPOSIT, lane));
    user.depositAndAllow(lane, FIRST_DEPOSIT, Instant.now().plus(FIRST_ALLOWANCE));
  }

  private static Map<String, Object> describe(TaskResult result, byte[] answer) {
    Receipt receipt = result.receipt().value();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("task", result.task().toString());
    json.put("outcome", result.outcome().name());
    json.put("outputHex", HexFormat.of().formatHex(answer));
    json.put("fee", result.fee().toString());
    json.put("fuel", receipt.fuel());
    json.put("worker", receipt.worker().toString());
    json.put("attempt", receipt.attempt());
    json.put("engine", receipt.execution().engine());
    json.put("labels", Labels.of(receipt.execution()));
    json.put("millis", result.latency().total().toNanos() / 1e6);
    return json;
  }

  private String inWords(TaskResult result, byte[] answer) {
    Receipt receipt = result.receipt().value();
    String shown =
        target == null ? new String(answer, StandardCharsets.UTF_8) : "output in " + target + "\n";
    return "%s%n%s by worker %s, attempt %d: fee %s, fuel %,d, %.0f ms%n%s"
        .formatted(
            shown,
            result.outcome(),
            receipt.worker(),
            receipt.attempt(),
            result.fee(),
            receipt.fuel(),
            result.latency().total().toNanos() / 1e6,
            String.join(" · ", Labels.of(receipt.execution())));
  }
}
