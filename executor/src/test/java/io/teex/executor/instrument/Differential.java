package io.teex.executor.instrument;

import io.teex.executor.instrument.CountingRun.Counted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Random modules, compared: metered fuel with what an interpreter counts on the module as it was,
 * and value, fuel, reason and NaNs of the metered module on two engines. The seed of a module is
 * all that it takes to see it again.
 */
final class Differential {
  private static final long PLENTY = 1L << 60;

  private final Path directory;
  private final StringBuilder runs = new StringBuilder();
  private final List<Path> modules = new ArrayList<>();
  private int completed;
  private int trapped;
  private int tooLong;
  private int misinterpreted;

  /**
   * @param directory for the modules of one batch
   */
  Differential(Path directory) {
    this.directory = directory;
  }

  int completed() {
    return completed;
  }

  int trapped() {
    return trapped;
  }

  /** Runs on which the interpreter is alone against its own compiler and V8. */
  int misinterpreted() {
    return misinterpreted;
  }

  int tooLong() {
    return tooLong;
  }

  /**
   * Runs the module of a seed on the interpreter.
   *
   * @throws AssertionError what differs from the module as it was
   */
  void run(long seed) throws IOException {
    boolean nans = (seed & 1) == 1;
    byte[] wasm = nans ? RandomModule.withNans(seed) : RandomModule.of(seed);
    Instrumented metered =
        Instrumenter.instrument(
            ImageCheck.readAny(wasm, new HostInterface()), InstrumentOptions.DEFAULT);
    try {
      if (nans) {
        // What the module as it was computes is the interpreter's choice.
        checkEnds(seed, metered);
      } else {
        checkCounted(seed, metered, CountingRun.run(wasm, "run", 3, 5));
      }
    } catch (CountingRun.TooLong e) {
      tooLong++; // Nested loops multiply; another seed is shorter.
    }
  }

  private void checkCounted(long seed, Instrumented metered, Counted counted) throws IOException {
    MeteredRun run = run(seed, metered, PLENTY);
    require(run.value().equals(counted.value()), seed, "value", counted.value(), run.value());
    if (counted.value().isEmpty()) {
      trapped++;
      return;
    }
    completed++;
    long fuel = counted.fuel();
    require(run.fuelUsed() == fuel, seed, "fuel", fuel, run.fuelUsed());
    checkLimits(seed, metered, run);
  }

  private void checkEnds(long seed, Instrumented metered) throws IOException {
    MeteredRun run = run(seed, metered, CountingRun.COUNT_MAX);
    if (run.isOutOfFuel()) {
      throw new CountingRun.TooLong();
    }
    if (run.value().isEmpty()) {
      trapped++;
    } else {
      completed++;
      checkLimits(seed, metered, run);
    }
  }

  /** As much fuel as it takes is enough, and one unit less is not. */
  private void checkLimits(long seed, Instrumented metered, MeteredRun run) throws IOException {
    int stack = InstrumentOptions.DEFAULT.stackBytesMax();
    require(run.stackLeft() == stack, seed, "stack", stack, run.stackLeft());
    long fuel = run.fuelUsed();
    require(!run(seed, metered, fuel).isOutOfFuel(), seed, "enough fuel", "an end", "none");
    require(run(seed, metered, fuel - 1).isOutOfFuel(), seed, "a unit less", "none", "an end");
    run(seed, metered, fuel / 2);
  }

  private static void require(boolean holds, long seed, String what, Object expected, Object seen) {
    if (!holds) {
      throw new AssertionError(
          "seed %d, %s: expected %s, saw %s".formatted(seed, what, expected, seen));
    }
  }

  private MeteredRun run(long seed, Instrumented metered, long limit) throws IOException {
    MeteredRun run = MeteredRun.run(metered, limit, "run", 3, 5);
    Path file = directory.resolve(seed + ".wasm");
    if (modules.isEmpty() || !modules.getLast().equals(file)) {
      Files.write(file, metered.module().expose());
      modules.add(file);
    }
    runs.append(
        "%s %d 3 5 %s %d %d\n".formatted(file, limit, valueOf(run), run.fuelUsed(), run.reason()));
    return run;
  }

  /**
   * Whether Endive's compiler does what V8 does where its interpreter (1.0.0) does not: about one
   * module in two thousand takes another way there, metered or not.
   *
   * @param line {@code FAILED FILE LIMIT 3 5 ...: V8 says VALUE FUEL REASON}
   */
  private static boolean compilerAgrees(String line) throws IOException {
    String[] asked = line.split(" ");
    String seen = line.substring(line.indexOf(": V8 says ") + ": V8 says ".length());
    MeteredRun run =
        MeteredRun.compiled(
            Files.readAllBytes(Path.of(asked[1])), Long.parseLong(asked[2]), "run", 3, 5);
    return seen.equals("%s %d %d".formatted(valueOf(run), run.fuelUsed(), run.reason()));
  }

  private static String valueOf(MeteredRun run) {
    return run.value().map(each -> Long.toString(each & 0xffff_ffffL)).orElse("trap");
  }

  /** Runs everything since the last time on V8: lines that begin with FAILED, and a count. */
  List<String> compare() throws IOException, InterruptedException {
    List<String> said = new ArrayList<>();
    for (String line : Node.run("engines-agree.js", runs.toString()).lines().toList()) {
      if (line.startsWith("FAILED") && compilerAgrees(line)) {
        misinterpreted++;
      } else {
        said.add(line);
      }
    }
    runs.setLength(0);
    for (Path module : modules) {
      Files.delete(module);
    }
    modules.clear();
    return said;
  }
}
