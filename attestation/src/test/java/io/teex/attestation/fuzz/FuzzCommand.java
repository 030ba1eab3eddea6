package io.teex.attestation.fuzz;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** {@code teex fuzz}: do the readers of evidence cope with anything? */
@Command(
    name = "./teex fuzz",
    description = {
      "Gives everything that reads evidence and what belongs to it inputs that nobody honest sends:"
          + " genuine ones (TEEX_VECTORS names their directory) and such as tests make, spoilt with"
          + " an eye to their formats, and signed anew where a signature would hide what is behind.",
      "An exception, more than a second of CPU or 64 MiB for one input, or a hang is a finding. It"
          + " ends with 1 if there is one."
    },
    footer = {
      "",
      "Examples: ./teex fuzz --inputs 10000000",
      "          ./teex fuzz quote nitro --seed 42 --json",
      "          ./teex fuzz quote --replay fuzz-quote-17.bin"
    })
public final class FuzzCommand implements Callable<Integer> {
  private static final long PROGRESS_MILLIS = 10_000;
  private static final long HANG_NANOS = 30_000_000_000L;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "TARGET",
      arity = "0..*",
      description = "What is to read the inputs (default: all; --list names them).")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--inputs",
      paramLabel = "N",
      defaultValue = "100000",
      description = "How many inputs there are for all targets together (default: 100000).")
  private long inputs;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Which inputs: the same seed, the same inputs (default: a random one).")
  private @Nullable Long seed;

  @Option(names = "--threads", paramLabel = "N", description = "Default: one for each processor.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description = "Read this input once, as if it were made of each seed of the target.")
  private @Nullable Path replay;

  @Option(names = "--list", description = "Print the names of the targets.")
  private boolean list;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli reads it.
  private boolean help;

  @Option(names = "--json", description = "Print the result as JSON on standard output alone.")
  private boolean json;

  /** Where the findings were saved, by their causes. */
  private final Map<String, Path> reported = new LinkedHashMap<>();

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new FuzzCommand())
            .setParameterExceptionHandler(FuzzCommand::usage)
            .execute(args));
  }

  private static int usage(ParameterException e, String[] args) {
    e.getCommandLine().getErr().println("USAGE: " + e.getMessage());
    e.getCommandLine().getErr().println("  See: ./teex fuzz --help");
    return 2;
  }

  @Override
  public Integer call() throws Exception {
    List<Target> all = Targets.all();
    if (list) {
      all.forEach(target -> spec.commandLine().getOut().println(target.name()));
      return 0;
    }
    if (inputs < 1 || threads < 1 || threads > 256) {
      throw wrong(
          "--inputs %d, --threads %d: at least one of each, at most 256 threads"
              .formatted(inputs, threads));
    }
    List<Target> chosen = chosen(all);
    if (replay != null) {
      return replay(chosen, replay);
    }
    long start = seed == null ? new SecureRandom().nextInt(Integer.MAX_VALUE) : seed;
    Fuzzer fuzzer = new Fuzzer(chosen, start);
    say("%,d inputs for %d targets, seed %d".formatted(inputs, chosen.size(), start));
    if (!Targets.hasGenuine()) {
      say("TEEX_VECTORS names no directory of genuine evidence: only what tests make is spoilt");
    }
    long begin = System.nanoTime();
    Thread watch = Thread.ofPlatform().daemon().start(() -> watch(fuzzer, start, begin));
    fuzzer.run(inputs, threads);
    watch.interrupt();
    double seconds = (System.nanoTime() - begin) / 1e9;
    for (Finding finding : fuzzer.findings()) {
      report(finding, start);
    }
    List<String> saved = reported.values().stream().map(Path::toString).toList();
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? json(fuzzer, start, seconds, saved) : words(fuzzer, start, seconds));
    out.flush();
    return saved.isEmpty() ? 0 : 1;
  }

  private List<Target> chosen(List<Target> all) {
    for (String name : names) {
      if (all.stream().noneMatch(target -> target.name().equals(name))) {
        throw wrong(
            "there is no target '%s'; known are %s"
                .formatted(name, String.join(" ", all.stream().map(Target::name).toList())));
      }
    }
    return names.isEmpty()
        ? all
        : all.stream().filter(target -> names.contains(target.name())).toList();
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private int replay(List<Target> chosen, Path file) throws Exception {
    if (chosen.size() != 1) {
      throw wrong("--replay needs the one TARGET that the input is for");
    }
    if (!Files.isReadable(file)) {
      throw wrong("%s cannot be read".formatted(file));
    }
    byte[] input = Files.readAllBytes(file);
    Target target = chosen.getFirst();
    for (Target.Seed one : target.seeds()) {
      long before = System.nanoTime();
      target.reader().read(one, input.clone());
      say(
          "%s, %s: read in %,d µs"
              .formatted(target.name(), one.name(), (System.nanoTime() - before) / 1_000));
    }
    return 0;
  }

  /** Tells how far it is; ends the process if something hangs, since a thread cannot be ended. */
  private void watch(Fuzzer fuzzer, long start, long begin) {
    try {
      while (true) {
        Thread.sleep(PROGRESS_MILLIS);
        long done = fuzzer.figures().values().stream().mapToLong(Figures::inputs).sum();
        double seconds = (System.nanoTime() - begin) / 1e9;
        say(
            "%,d inputs, %,.0f/s, %d findings"
                .formatted(done, done / seconds, fuzzer.findings().size()));
        List<Finding> hanging = fuzzer.hanging(HANG_NANOS);
        for (Finding finding : hanging) {
          report(finding, start);
        }
        for (Finding finding : fuzzer.findings()) {
          report(finding, start);
        }
        if (!hanging.isEmpty()) {
          System.exit(1);
        }
      }
    } catch (InterruptedException e) {
      // All inputs are read.
    } catch (IOException e) {
      say("a finding cannot be saved: " + e);
      System.exit(1);
    }
  }

  /** Saves and shows a finding as soon as it is there; each one once. */
  private synchronized void report(Finding finding, long start) throws IOException {
    if (reported.containsKey(finding.cause())) {
      return;
    }
    Path file = Path.of("fuzz-%s-%d.bin".formatted(finding.target(), finding.index()));
    Files.write(file, finding.input().copy());
    reported.put(finding.cause(), file);
    StringWriter words = new StringWriter();
    words.append(
        "FINDING in %s, input %d of seed %d, made of %s%n  %s%n"
            .formatted(
                finding.target(), finding.index(), start, finding.seedName(), finding.what()));
    Throwable thrown = finding.thrown();
    if (thrown != null) {
      thrown.printStackTrace(new PrintWriter(words));
    }
    words.append("  To see it again: ./teex fuzz %s --replay %s".formatted(finding.target(), file));
    say(words.toString());
  }

  private void say(String what) {
    spec.commandLine().getErr().println("· " + what);
  }

  /** What the heap held at most, garbage included. */
  private static long heapMax() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }

  private static String words(Fuzzer fuzzer, long start, double seconds) {
    StringBuilder words = new StringBuilder();
    String row = "%-18s %12s %12s %12s %14s%n";
    words.append(row.formatted("target", "inputs", "mean µs", "longest ms", "most memory KiB"));
    long all = 0;
    for (Map.Entry<String, Figures> entry : fuzzer.figures().entrySet()) {
      Figures figures = entry.getValue();
      all += figures.inputs();
      words.append(
          row.formatted(
              entry.getKey(),
              "%,d".formatted(figures.inputs()),
              "%,.1f".formatted(figures.nanos() / 1e3 / Math.max(1, figures.inputs())),
              "%,.1f".formatted(figures.nanosMax() / 1e6),
              "%,d".formatted(figures.allocatedMax() / 1024)));
    }
    return words
        .append(
            "%,d inputs in %,.0f s (%,.0f/s), seed %d, heap at most %,d MiB of %,d, %d findings"
                .formatted(
                    all,
                    seconds,
                    all / seconds,
                    start,
                    heapMax() >> 20,
                    Runtime.getRuntime().maxMemory() >> 20,
                    fuzzer.findings().size()))
        .toString();
  }

  private static String json(Fuzzer fuzzer, long start, double seconds, List<String> saved) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      out.writeNumberProperty("seed", start);
      out.writeNumberProperty(
          "inputs", fuzzer.figures().values().stream().mapToLong(Figures::inputs).sum());
      out.writeNumberProperty("seconds", Double.parseDouble("%.1f".formatted(seconds)));
      out.writeNumberProperty("heap_bytes_max", heapMax());
      out.writeArrayPropertyStart("targets");
      fuzzer
          .figures()
          .forEach((name, figures) -> {
            out.writeStartObject();
            out.writeStringProperty("name", name);
            out.writeNumberProperty("inputs", figures.inputs());
            out.writeNumberProperty("cpu_nanos", figures.nanos());
            out.writeNumberProperty("cpu_nanos_max", figures.nanosMax());
            out.writeNumberProperty("allocated_bytes_max", figures.allocatedMax());
            out.writeEndObject();
          });
      out.writeEndArray();
      out.writeArrayPropertyStart("findings");
      saved.forEach(out::writeString);
      out.writeEndArray();
      out.writeEndObject();
    }
    return text.toString();
  }

  static {
    Locale.setDefault(Locale.ROOT);
  }
}
