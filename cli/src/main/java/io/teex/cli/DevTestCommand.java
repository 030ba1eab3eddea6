package io.teex.cli;

import io.teex.cli.guest.GuestCase;
import io.teex.cli.guest.GuestProject;
import io.teex.cli.guest.Rehearsal;
import io.teex.cli.guest.Rehearsal.Played;
import io.teex.executor.EngineKind;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.ProcessExecutor;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Limits;
import io.teex.protocol.Price;
import io.teex.protocol.Pricing;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code teex dev test}: a service on this machine, as a worker would run it. */
@Command(
    name = "test",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a service as a worker would, behind the same walls and within the same limits.",
      "Shows what it logs, which no market does. Needs no market."
    },
    footer = {
      "",
      "Example: ./teex dev test my-service",
      "Example: ./teex dev test service.wasm --input digit.bin --data digits.bin --expect seven.txt"
    })
final class DevTestCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final long FUEL_STEP = 1_000_000;

  @Parameters(
      paramLabel = "PATH",
      description = "A module, or a directory with service.wasm and tests/NAME.input.")
  private Path path;

  @Option(names = "--input", paramLabel = "FILE", description = "Instead of what lies in tests.")
  private @Nullable Path input;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "A data set for --input; may be repeated.")
  private List<Path> data = List.of();

  @Option(
      names = "--expect",
      paramLabel = "FILE",
      description = "What the output for --input has to be, to the byte.")
  private @Nullable Path expect;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where the output for --input goes.")
  private @Nullable Path target;

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
      names = "--within",
      paramLabel = "SECONDS",
      converter = Numbers.Seconds.class,
      defaultValue = "60",
      description = "How long it may take (default ${DEFAULT-VALUE}).")
  private int within;

  @Option(
      names = "--price",
      converter = Amounts.class,
      defaultValue = "1000",
      description = "Base units for each task (default ${DEFAULT-VALUE}).")
  private Amount price;

  @Option(
      names = "--per-million-fuel",
      converter = Amounts.class,
      defaultValue = "100",
      description = "Base units for each million of fuel (default ${DEFAULT-VALUE}).")
  private Amount perMillionFuel;

  @Option(
      names = "--engine",
      defaultValue = "v8",
      description = "What runs it: ${COMPLETION-CANDIDATES} (default ${DEFAULT-VALUE}).")
  private EngineKind engine;

  @Option(names = "--no-os-sandbox", description = "Run it without bubblewrap.")
  private boolean noOsSandbox;

  @Spec private CommandSpec spec;
  @Mixin private Output output;

  @Override
  public Integer call() {
    GuestProject project = GuestProject.open(path);
    List<GuestCase> cases = input == null ? project.cases() : List.of(given(input));
    if (input == null && (expect != null || target != null || !data.isEmpty())) {
      throw new TeexException(
          ErrorCode.USAGE, "--data, --expect and --output belong to --input, which is missing");
    }
    if (cases.isEmpty()) {
      throw new TeexException(
          ErrorCode.USAGE,
          "nothing to run %s on: name an --input, or put NAME.input (and NAME.expect) into %s"
              .formatted(project.module(), path.resolve("tests")));
    }
    if (target != null) {
      OutputFile.requireWritable(target);
    }
    List<Played> played = play(InputFile.read(project.module()), cases);
    if (target != null) {
      OutputFile.write(target, played.getFirst().output().copy());
    }
    report(played);
    return played.stream().allMatch(Played::passed) ? 0 : FAILED;
  }

  private GuestCase given(Path file) {
    return new GuestCase(
        String.valueOf(file.getFileName()),
        Bytes.of(InputFile.read(file)),
        data.stream().map(each -> Bytes.of(InputFile.read(each))).toList(),
        Optional.ofNullable(expect).map(each -> Bytes.of(InputFile.read(each))));
  }

  private List<Played> play(byte[] wasm, List<GuestCase> cases) {
    ExecutorConfig.Walls walls = ExecutorConfig.DEFAULT.walls();
    ExecutorConfig config =
        ExecutorConfig.DEFAULT
            .withEngine(engine)
            .withWalls(new ExecutorConfig.Walls(walls.node(), walls.bubblewrap(), !noOsSandbox))
            .withPool(new ExecutorConfig.Pool(1, 1, 0, Duration.ofSeconds(1)));
    try (ProcessExecutor executor = ProcessExecutor.startLogging(config, this::log)) {
      Rehearsal rehearsal = new Rehearsal(executor, wasm);
      List<Played> played = new ArrayList<>();
      for (GuestCase each : cases) {
        output.step("running on " + each.name());
        played.add(
            rehearsal.play(
                each, new Rehearsal.Allowed(limits(), maxOutput, Duration.ofSeconds(within))));
      }
      return played;
    }
  }

  private void log(byte[] part) {
    spec.commandLine().getErr().print(new String(part, StandardCharsets.UTF_8));
    spec.commandLine().getErr().flush();
  }

  private Limits limits() {
    return new Limits(fuel, Math.min(fuel, FUEL_STEP), (long) memoryMib << 20);
  }

  private Amount cost(Played played) {
    if (!played.outcome().isCharged()) {
      return Amount.ZERO;
    }
    Price terms = new Price(price, perMillionFuel, Amount.ZERO, Amount.ZERO);
    return Pricing.price(terms, Pricing.chargedFuel(played.fuel(), limits()));
  }

  private void report(List<Played> played) {
    List<Map<String, Object>> json = played.stream().map(this::describe).toList();
    Table table = new Table("case", "outcome", "fuel", "memory", "ms", "cost", "");
    StringBuilder words = new StringBuilder();
    for (Played each : played) {
      table.row(
          each.example().name(),
          each.outcome(),
          "%,d".formatted(each.fuel()),
          "%,d KiB".formatted(each.memoryBytes() >> 10),
          each.took().toMillis(),
          cost(each),
          verdict(each));
      if (played.size() == 1 && target == null) {
        words.append(new String(each.output().copy(), StandardCharsets.UTF_8)).append('\n');
      }
    }
    long passed = played.stream().filter(Played::passed).count();
    words.append(table).append('\n').append("%d of %d passed".formatted(passed, played.size()));
    output.result(Map.of("passed", passed, "cases", json), words.toString());
  }

  private static String verdict(Played played) {
    if (played.passed()) {
      return played.example().expected().isPresent() ? "as expected" : "ran";
    }
    return played.differs().isEmpty() ? played.message() : played.differs();
  }

  private Map<String, Object> describe(Played played) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("case", played.example().name());
    json.put("passed", played.passed());
    json.put("outcome", played.outcome().name());
    json.put("message", played.message());
    json.put("differs", played.differs());
    json.put("outputHex", HexFormat.of().formatHex(played.output().copy()));
    json.put("fuel", played.fuel());
    json.put("chargedFuel", Pricing.chargedFuel(played.fuel(), limits()));
    json.put("memoryBytes", played.memoryBytes());
    json.put("millis", played.took().toNanos() / 1e6);
    json.put("cost", cost(played).toString());
    return json;
  }
}
