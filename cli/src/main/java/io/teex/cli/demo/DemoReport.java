package io.teex.cli.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.teex.cli.Table;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the demo measured; the JSON of {@code --json} is this record.
 *
 * @param tasksSettled receipts that the chain paid
 * @param transactions hashes of the settling transactions
 * @param gasPerTask gas of the settling transactions per task, first use of storage included
 * @param gas what else the chain charged, by kind
 * @param accuracy share of digits that were told right
 * @param moneyConserved whether the contract holds exactly what everybody has in it, recomputed
 *     from chain
 * @param seen kinds of secret that each party was found to have held in the clear
 * @param leaks of these, what should not have been: empty unless something is broken
 * @param unread what the search could not look into
 * @param earned by payee, in base units of the token
 * @param labels what is simulated, unverified or unprotected here
 * @param market where the market is, if it was kept
 */
record DemoReport(
    int tasksSettled,
    List<String> transactions,
    long gasPerTask,
    Map<String, Long> gas,
    double accuracy,
    boolean moneyConserved,
    Money money,
    LatencyMs latencyMs,
    double secondsToFirstAnswer,
    double secondsInAll,
    Map<String, List<String>> seen,
    Map<String, List<String>> leaks,
    List<String> unread,
    Map<String, String> earned,
    List<String> labels,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable KeptMarket market) {

  /** Percentiles of what the users waited for their answers, in milliseconds. */
  record LatencyMs(double p50, double p99) {}

  /** What the contract holds, and for whom; base units of the token. */
  record Money(String held, String balances, String allowances, String requests, String credits) {}

  /** A market that runs on. */
  record KeptMarket(String directory, String rpc, Map<String, String> contracts, String stop) {}

  private static final long IEXEC_GAS = 1_629_005;

  boolean isGood() {
    return moneyConserved && leaks.isEmpty() && accuracy >= 0.9;
  }

  /** For a person to read. */
  String inWords() {
    StringBuilder text = new StringBuilder();
    text.append(heading("Who earned what"));
    Table earnings = new Table("account", "earned");
    earned.forEach(earnings::row);
    text.append(earnings).append("\n");
    text.append(heading("Settlement"));
    text.append(
        """
        %d tasks in %d transaction%s, %,d gas per task (first use of storage included);
        iExec's TEE flow takes %,d by its published averages, %,d times as much.
        """
            .formatted(
                tasksSettled,
                transactions.size(),
                transactions.size() == 1 ? "" : "s",
                gasPerTask,
                IEXEC_GAS,
                IEXEC_GAS / Math.max(1, gasPerTask)));
    text.append(
        gas.entrySet().stream()
            .map(entry -> "%s: %,d gas".formatted(entry.getKey(), entry.getValue()))
            .collect(Collectors.joining("; ", "Besides: ", ".\n")));
    transactions.forEach(hash -> text.append("  ").append(hash).append('\n'));
    text.append(heading("Money, recomputed from chain"));
    text.append(
        "%s held = %s free + %s allowed + %s requested + %s credited: %s%n"
            .formatted(
                money.held(),
                money.balances(),
                money.allowances(),
                money.requests(),
                money.credits(),
                moneyConserved ? "conserved" : "NOT CONSERVED"));
    text.append(heading("Speed"));
    text.append(
        "p50 %.1f ms, p99 %.1f ms from order to answer; first answer after %.1f s, all after %.1f s%n"
            .formatted(latencyMs.p50(), latencyMs.p99(), secondsToFirstAnswer, secondsInAll));
    text.append(heading("Who saw what"));
    text.append(
        """
        Searched for known plaintext: recorded traffic, disks, logs, arguments and memory of every process.
        """);
    Table table = new Table("party", "saw");
    seen.forEach((party, kinds) -> table.row(party, verdict(party, kinds)));
    text.append(table).append('\n');
    unread.forEach(line -> text.append("not searched: ").append(line).append('\n'));
    return text.toString();
  }

  private String verdict(String party, List<String> kinds) {
    String saw = kinds.isEmpty() ? "nothing" : String.join(", ", kinds);
    List<String> leaked = leaks.getOrDefault(party, List.of());
    return leaked.isEmpty() ? saw : saw + "   LEAK: " + String.join(", ", leaked);
  }

  private static String heading(String title) {
    return "\n" + title + "\n" + "─".repeat(title.length()) + "\n";
  }
}
