package io.teex.executor.instrument;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code teex fuzz executor}: random modules on two engines, as {@link Differential} compares them.
 * Ends with 1 if anything differs; a seed is all it takes to see it again.
 */
final class ExecutorFuzz {
  private static final String USAGE =
      """
      Usage: ./teex fuzz executor [--modules N] [--seed S] [--threads N]
      Makes modules, meters them, and compares fuel with an interpreter that counts each instruction,
      and value, fuel, reason and NaNs on Endive and V8. Modules have the seeds S, S + 1, and so on.
      Examples: ./teex fuzz executor --modules 100000
                ./teex fuzz executor --seed 42 --modules 1\
      """;

  /** As many as one Node process compares; their files are in a temporary directory meanwhile. */
  private static final int BATCH = 500;

  private final long first;
  private final long modules;
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong trapped = new AtomicLong();
  private final AtomicLong tooLong = new AtomicLong();
  private final AtomicLong compared = new AtomicLong();
  private final AtomicLong misinterpreted = new AtomicLong();
  private final AtomicLong findings = new AtomicLong();

  private ExecutorFuzz(long first, long modules) {
    this.first = first;
    this.modules = modules;
  }

  /**
   * @param modules how many
   * @param seed of the first one
   */
  private record Options(long modules, long seed, int threads) {
    static @Nullable Options read(String... args) {
      long modules = 10_000;
      long seed = new SecureRandom().nextInt(Integer.MAX_VALUE);
      int threads = Runtime.getRuntime().availableProcessors();
      try {
        for (int i = 0; i < args.length; i += 2) {
          switch (args[i]) {
            case "--modules" -> modules = Long.parseLong(args[i + 1]);
            case "--seed" -> seed = Long.parseLong(args[i + 1]);
            case "--threads" -> threads = Integer.parseInt(args[i + 1]);
            default -> {
              return null;
            }
          }
        }
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        return null;
      }
      return modules < 1 || threads < 1 || threads > 256
          ? null
          : new Options(modules, seed, threads);
    }
  }

  public static void main(String[] args) throws Exception {
    Options options = Options.read(args);
    if (options == null) {
      boolean help = args.length == 1 && args[0].matches("-h|--help");
      (help ? System.out : System.err).println(USAGE);
      System.exit(help ? 0 : 2);
      return;
    }
    System.err.printf("· %,d modules, seed %d%n", options.modules(), options.seed());
    ExecutorFuzz fuzz = new ExecutorFuzz(options.seed(), options.modules());
    long begin = System.nanoTime();
    fuzz.run(options.threads());
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "%,d modules in %,.0f s (%,.0f/s), seed %d: %,d trapped, %,d given up as too long,"
            + " %,d runs the same on V8, %,d on Endive's compiler and V8 alone, %d findings%n",
        fuzz.done.get(),
        seconds,
        fuzz.done.get() / seconds,
        options.seed(),
        fuzz.trapped.get(),
        fuzz.tooLong.get(),
        fuzz.compared.get(),
        fuzz.misinterpreted.get(),
        fuzz.findings.get());
    System.exit(fuzz.findings.get() == 0 ? 0 : 1);
  }

  private void run(int threads) throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<Void>> all =
          IntStream.range(0, threads)
              .mapToObj(_ -> pool.submit((Callable<Void>) this::takeBatches))
              .toList();
      for (Future<Void> each : all) {
        each.get();
      }
    }
  }

  private @Nullable Void takeBatches() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("teex-fuzz-");
    try {
      for (long at = batches.getAndAdd(BATCH); at < modules; at = batches.getAndAdd(BATCH)) {
        batch(directory, first + at, Math.min(BATCH, modules - at));
      }
      return null;
    } finally {
      Files.delete(directory);
    }
  }

  private void batch(Path directory, long seed, long count)
      throws IOException, InterruptedException {
    Differential differential = new Differential(directory);
    for (long each = seed; each < seed + count; each++) {
      try {
        differential.run(each);
      } catch (AssertionError | RuntimeException e) {
        finding("seed %d: %s".formatted(each, e));
      }
    }
    for (String line : differential.compare()) {
      if (line.startsWith("FAILED")) {
        finding(line);
      } else {
        compared.addAndGet(Long.parseLong(line.substring(line.indexOf(' ') + 1)));
      }
    }
    trapped.addAndGet(differential.trapped());
    tooLong.addAndGet(differential.tooLong());
    misinterpreted.addAndGet(differential.misinterpreted());
    long soFar = done.addAndGet(count);
    if (soFar / 10_000 > (soFar - count) / 10_000) {
      System.err.printf("· %,d modules, %d findings%n", soFar, findings.get());
    }
  }

  private void finding(String what) {
    findings.incrementAndGet();
    System.err.println("FINDING " + what);
  }
}
