package io.teex.executor;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How executor processes are run.
 *
 * @param engine what runs the guests
 * @param start how long a process may take to start, or an image to be compiled
 * @param stackBytesMax the largest {@code stackBytesMax} of the modules it is given
 * @param processBytesMax of private memory that one process may use, everything included
 * @param processCpuMax CPU time that one process may use in its life, in whole seconds
 */
public record ExecutorConfig(
    EngineKind engine,
    Walls walls,
    Pool pool,
    Duration start,
    int stackBytesMax,
    long processBytesMax,
    Duration processCpuMax) {
  public static final ExecutorConfig DEFAULT =
      new ExecutorConfig(
          EngineKind.V8,
          new Walls(Path.of("node"), Path.of("bwrap"), true),
          new Pool(
              Math.max(2, Runtime.getRuntime().availableProcessors()),
              2,
              16,
              Duration.ofSeconds(60)),
          Duration.ofSeconds(30),
          8 << 20,
          3L << 30,
          Duration.ofHours(4));

  /**
   * @param node the Node.js program, a path or a name to be found on {@code PATH}; for V8 alone
   * @param bubblewrap the {@code bwrap} program, likewise
   * @param osSandbox false runs engines without the operating system's walls; for development only
   */
  public record Walls(Path node, Path bubblewrap, boolean osSandbox) {}

  /**
   * @param parallelMax tasks at once; more are refused
   * @param idleMin processes started ahead of demand
   * @param sessionsMax processes kept for users' next tasks
   * @param sessionIdle after which such a process ends
   */
  public record Pool(int parallelMax, int idleMin, int sessionsMax, Duration sessionIdle) {
    public Pool {
      require(parallelMax >= 1, "executor.parallel-max", "at least 1", parallelMax);
      require(idleMin >= 0, "executor.idle-min", "at least 0", idleMin);
      require(sessionsMax >= 0, "executor.sessions-max", "at least 0", sessionsMax);
      require(sessionIdle.isPositive(), "executor.session-idle", "positive", sessionIdle);
    }
  }

  public ExecutorConfig {
    require(start.isPositive(), "executor.start", "positive", start);
    require(
        stackBytesMax >= 1 << 16 && stackBytesMax <= 64 << 20,
        "executor.stack-bytes-max",
        "64 KiB to 64 MiB",
        stackBytesMax);
    require(
        processBytesMax >= 512L << 20,
        "executor.process-bytes-max",
        "at least 512 MiB, an engine alone reserves a part of it",
        processBytesMax);
    require(
        processCpuMax.toSeconds() >= 1,
        "executor.process-cpu-max",
        "at least 1 s, starting takes a part of it",
        processCpuMax);
  }

  public ExecutorConfig withEngine(EngineKind wanted) {
    return new ExecutorConfig(
        wanted, walls, pool, start, stackBytesMax, processBytesMax, processCpuMax);
  }

  public ExecutorConfig withWalls(Walls wanted) {
    return new ExecutorConfig(
        engine, wanted, pool, start, stackBytesMax, processBytesMax, processCpuMax);
  }

  public ExecutorConfig withPool(Pool wanted) {
    return new ExecutorConfig(
        engine, walls, wanted, start, stackBytesMax, processBytesMax, processCpuMax);
  }

  public ExecutorConfig withProcessBytesMax(long wanted) {
    return new ExecutorConfig(engine, walls, pool, start, stackBytesMax, wanted, processCpuMax);
  }

  private static void require(boolean holds, String key, String rule, Object seen) {
    if (!holds) {
      throw new IllegalArgumentException("%s must be %s, is %s".formatted(key, rule, seen));
    }
  }
}
