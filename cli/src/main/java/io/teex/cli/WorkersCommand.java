package io.teex.cli;

import io.teex.sdk.Market;
import io.teex.sdk.MarketFile;
import io.teex.sdk.WorkerAtWork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code teex node workers}: who executes, and on how many machines. */
@Command(
    name = "workers",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the workers that take tasks, by their certificates.",
      "Workers with equal tags are on one machine. Machines that their cloud hides count as one."
    },
    footer = {"", "Example: ./teex node workers"})
final class WorkersCommand implements Callable<Integer> {
  private static final int TAG_BYTES_SHOWN = 4;

  @Mixin private MarketLocation location;
  @Mixin private Output output;

  @Override
  public Integer call() {
    try (Market market = Market.connect(location.marketFile())) {
      List<WorkerAtWork> workers =
          location.marketFile().dispatchers().stream()
              .map(MarketFile.DispatcherEntry::address)
              .flatMap(dispatcher -> market.workers(dispatcher).stream())
              .toList();
      output.result(workers.stream().map(WorkersCommand::json).toList(), words(workers));
      return 0;
    }
  }

  private static Map<String, Object> json(WorkerAtWork worker) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("address", worker.certificate().signer().toString());
    json.put("endpoint", worker.endpoint());
    json.put("slots", worker.slots());
    json.put("busy", worker.busy());
    json.put("platformTag", worker.certificate().platformTag().toString());
    json.put("tcbStatus", worker.certificate().tcbStatus().name());
    return json;
  }

  static String words(List<WorkerAtWork> workers) {
    Table table = new Table("worker", "endpoint", "busy", "slots", "TCB", "machine");
    for (WorkerAtWork worker : workers) {
      table.row(
          worker.certificate().signer(),
          worker.endpoint(),
          worker.busy(),
          worker.slots(),
          worker.certificate().tcbStatus(),
          worker.certificate().platformTag().value().slice(0, TAG_BYTES_SHOWN).toHex());
    }
    long machines =
        workers.stream().map(worker -> worker.certificate().platformTag()).distinct().count();
    return "%s%n%d workers on %d machines".formatted(table, workers.size(), machines);
  }
}
