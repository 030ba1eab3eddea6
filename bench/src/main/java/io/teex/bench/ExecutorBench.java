package io.teex.bench;

import io.teex.bench.KernelProcess.Run;
import io.teex.executor.instrument.InstrumentOptions;
import io.teex.executor.instrument.Instrumenter;
import io.teex.market.Progress;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What does metering cost, and what WebAssembly? Kernels in C, built for WebAssembly and natively,
 * run metered and as they are in one Node process, metered on Endive, and by {@code gcc -O2}: CPU
 * time, in turns, medians of the ratios within each round.
 */
public final class ExecutorBench {
  /**
   * @param turns that take Node a fifth of a second or so
   */
  private record Kernel(String name, int turns) {}

  private static final List<Kernel> KERNELS =
      List.of(
          new Kernel("integer", 10_000),
          new Kernel("sha256", 900),
          new Kernel("matrix", 100),
          new Kernel("recursion", 2_500),
          new Kernel("sort", 400),
          new Kernel("scan", 2_500),
          new Kernel("image", 70));

  private static final String NATIVE = "gcc -O2";
  private static final String PLAIN = "un-metered, same Node";

  /**
   * How much is measured.
   *
   * @param rounds that count
   * @param warmUp before them: V8 changes to optimised code between two runs of a function only
   * @param share of the turns: one in so many
   */
  public record Size(int rounds, int warmUp, int share) {
    public static final Size FULL = new Size(7, 3, 1);
  }

  private final Path kernels;
  private final Path directory;
  private final Size size;
  private final Progress progress;
  private final Optional<Path> compiler;
  private final List<BenchReport.Row> rows = new ArrayList<>();
  private final List<Double> besideNative = new ArrayList<>();
  private final List<Double> besidePlain = new ArrayList<>();
  private final List<Double> endiveBesideNative = new ArrayList<>();

  private ExecutorBench(Path home, Path directory, Size size, Progress progress) {
    this.kernels = home.resolve("bench/kernels");
    this.directory = directory;
    this.size = size;
    this.progress = progress;
    this.compiler = findCompiler();
  }

  /**
   * @param home of the installation
   * @param directory for what is built on the way
   */
  public static BenchReport run(Path home, Path directory, Size size, Progress progress)
      throws IOException, InterruptedException {
    return new ExecutorBench(home, directory, size, progress).run();
  }

  private BenchReport run() throws IOException, InterruptedException {
    if (!Files.isDirectory(kernels)) {
      throw new TeexException(
          ErrorCode.DEPENDENCY_MISSING,
          "%s is missing: the kernels come with a checkout of TEEX; run ./teex from there"
              .formatted(kernels));
    }
    if (compiler.isEmpty()) {
      progress.step("skipping native figures: there is no gcc (apt-get install gcc libc6-dev)");
    }
    for (Kernel kernel : KERNELS) {
      progress.step("%s, %d rounds".formatted(kernel.name(), size.rounds()));
      measure(kernel);
    }
    summarise();
    return new BenchReport("executor", rows);
  }

  private void measure(Kernel kernel) throws IOException, InterruptedException {
    int turns = Math.max(1, kernel.turns() / size.share());
    Path plain = kernels.resolve(kernel.name() + ".wasm");
    Path metered = directory.resolve(kernel.name() + "-metered.wasm");
    byte[] instrumented =
        Instrumenter.instrument(Files.readAllBytes(plain), InstrumentOptions.DEFAULT)
            .module()
            .expose();
    Files.write(metered, instrumented);
    Optional<Path> built = build(kernel);
    try (KernelProcess node = startNode(turns, plain, metered);
        KernelProcess endive = EndiveKernel.start(metered.toAbsolutePath(), turns, directory);
        KernelProcess nativeCode = startNative(built, turns)) {
      Rounds rounds = new Rounds(node, nativeCode, endive);
      for (int i = 0; i < size.warmUp(); i++) {
        rounds.run(kernel);
      }
      rounds.clear();
      for (int i = 0; i < size.rounds(); i++) {
        rounds.run(kernel);
      }
      report(kernel, rounds, built.isPresent());
    }
  }

  /** Each round runs every variant once, so that what disturbs one disturbs all. */
  private static final class Rounds {
    private final KernelProcess node;
    private final @Nullable KernelProcess nativeCode;
    private final KernelProcess endive;
    private final List<Double> plain = new ArrayList<>();
    private final List<Double> metered = new ArrayList<>();
    private final List<Double> compiled = new ArrayList<>();
    private final List<Double> endives = new ArrayList<>();

    Rounds(KernelProcess node, @Nullable KernelProcess nativeCode, KernelProcess endive) {
      this.node = node;
      this.nativeCode = nativeCode;
      this.endive = endive;
    }

    void clear() {
      List.of(plain, metered, compiled, endives).forEach(List::clear);
    }

    void run(Kernel kernel) throws IOException {
      Run first = node.run("0");
      plain.add(first.seconds());
      metered.add(same(kernel, first, node.run("1")));
      if (nativeCode != null) {
        compiled.add(same(kernel, first, nativeCode.run("0")));
      }
      endives.add(same(kernel, first, endive.run("0")));
    }

    private static double same(Kernel kernel, Run expected, Run seen) {
      if (seen.sum() != expected.sum()) {
        throw new IllegalStateException(
            "kernel %s came to %d and %d".formatted(kernel.name(), expected.sum(), seen.sum()));
      }
      return seen.seconds();
    }
  }

  private void report(Kernel kernel, Rounds rounds, boolean hasNative) {
    String name = kernel.name();
    double metered = AttestBench.median(rounds.metered) * 1e3;
    double overhead = ratio(rounds.metered, rounds.plain);
    besidePlain.add(overhead);
    rows.add(
        BenchReport.Row.lessIsBetter(
            name + ", metered in V8", metered, "ms", PLAIN, metered / overhead));
    if (!hasNative) {
      rows.add(BenchReport.Row.alone(name + ", metered in V8 (native: skipped)", metered, "ms"));
      return;
    }
    double v8 = ratio(rounds.metered, rounds.compiled);
    double endive = ratio(rounds.endives, rounds.compiled);
    double endiveMillis = AttestBench.median(rounds.endives) * 1e3;
    besideNative.add(v8);
    endiveBesideNative.add(endive);
    rows.add(
        BenchReport.Row.lessIsBetter(
            name + ", metered in V8", metered, "ms", NATIVE, metered / v8));
    rows.add(
        BenchReport.Row.lessIsBetter(
            name + ", metered in Endive", endiveMillis, "ms", NATIVE, endiveMillis / endive));
  }

  private void summarise() {
    String mean = "geometric mean, ";
    rows.add(bar(mean + "metered V8 / un-metered", geometricMean(besidePlain), "bar", 1.06));
    if (!besideNative.isEmpty()) {
      rows.add(bar(mean + "metered V8 / native", geometricMean(besideNative), "bar", 2.5));
      rows.add(bar(mean + "metered Endive / native", geometricMean(endiveBesideNative), "aim", 6));
    }
  }

  private static BenchReport.Row bar(String name, double value, String peer, double limit) {
    return BenchReport.Row.lessIsBetter(name, value, "×", peer, limit);
  }

  /** The median of the ratios of runs that were beside each other. */
  private static double ratio(List<Double> ours, List<Double> theirs) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / theirs.get(i));
    }
    return AttestBench.median(ratios);
  }

  private static double geometricMean(List<Double> values) {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElseThrow());
  }

  private KernelProcess startNode(int turns, Path... modules) throws IOException {
    Path script = directory.resolve("kernel-runner.mjs");
    if (!Files.exists(script)) {
      try (InputStream in = ExecutorBench.class.getResourceAsStream("kernel-runner.mjs")) {
        Files.copy(Objects.requireNonNull(in, "kernel-runner.mjs"), script);
      }
    }
    List<String> command =
        new ArrayList<>(List.of("node", script.toString(), Integer.toString(turns)));
    for (Path module : modules) {
      command.add(module.toAbsolutePath().toString());
    }
    return KernelProcess.start(command, directory);
  }

  private @Nullable KernelProcess startNative(Optional<Path> built, int turns) throws IOException {
    return built.isEmpty()
        ? null
        : KernelProcess.start(List.of(built.get().toString(), Integer.toString(turns)), directory);
  }

  private Optional<Path> build(Kernel kernel) throws IOException, InterruptedException {
    if (compiler.isEmpty()) {
      return Optional.empty();
    }
    Path source = kernels.resolve(kernel.name() + ".c");
    Path built = directory.resolve(kernel.name());
    Process gcc =
        new ProcessBuilder(
                compiler.get().toString(),
                "-O2",
                "-std=gnu11",
                "-ffp-contract=off",
                "-o",
                built.toString(),
                source.toString(),
                "-lm")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (gcc.waitFor() != 0) {
      progress.step(
          "skipping %s natively: gcc does not build %s (image.c needs libstb-dev)"
              .formatted(kernel.name(), source));
      return Optional.empty();
    }
    return Optional.of(built);
  }

  private static Optional<Path> findCompiler() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin");
    for (String directory : path.split(":")) {
      Path gcc = Path.of(directory).resolve("gcc");
      if (!directory.isEmpty() && Files.isExecutable(gcc)) {
        return Optional.of(gcc);
      }
    }
    return Optional.empty();
  }
}
