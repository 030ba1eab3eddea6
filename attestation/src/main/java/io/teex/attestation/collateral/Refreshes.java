package io.teex.attestation.collateral;

import io.teex.attestation.Check;
import io.teex.attestation.Reason;
import io.teex.attestation.Recent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The refreshes of all platforms: one at a time of each, a few at a time of a vendor's, so that a
 * service that is slow holds up nobody who needs the other's, and after a failure none before a
 * pause.
 */
final class Refreshes implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Refreshes.class.getName());
  private static final int FAILING_PLATFORMS_MAX = 1_024;
  private static final int AT_A_TIME_MAX = 8;

  private final Refresh refresh;
  private final CollateralConfig config;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Recent<Platform, Backoff> failing = new Recent<>(FAILING_PLATFORMS_MAX);
  private final Map<Platform, FutureTask<List<Check.Failed>>> running = new ConcurrentHashMap<>();
  private final Semaphore intel = new Semaphore(AT_A_TIME_MAX);
  private final Semaphore amd = new Semaphore(AT_A_TIME_MAX);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("collateral-", 0).factory());

  Refreshes(Refresh refresh, CollateralConfig config, InstantSource clock, RandomGenerator random) {
    this.refresh = refresh;
    this.config = config;
    this.clock = clock;
    this.random = random;
  }

  /** What the last refresh of a platform failed of, if it is too early for another. */
  Optional<List<Check.Failed>> pausedBy(Platform platform, Instant now) {
    return failing.find(platform).filter(last -> last.holds(now)).map(Backoff::reasons);
  }

  /** Starts a refresh, or finds the one that runs; nothing if none is due, or it is too early. */
  Optional<FutureTask<List<Check.Failed>>> startIfDue(Platform platform, Instant now) {
    boolean due =
        pausedBy(platform, now).isEmpty()
            && platform.parts().stream().anyMatch(part -> refresh.isDue(part, now));
    return due ? Optional.of(start(platform)) : Optional.empty();
  }

  private FutureTask<List<Check.Failed>> start(Platform platform) {
    FutureTask<List<Check.Failed>> task = new FutureTask<>(() -> refresh(platform));
    FutureTask<List<Check.Failed>> other = running.putIfAbsent(platform, task);
    if (other != null) {
      return other;
    }
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      running.remove(platform);
      task.cancel(false);
    }
    return task;
  }

  private List<Check.Failed> refresh(Platform platform) throws InterruptedException {
    Semaphore permits =
        switch (platform.vendor()) {
          case INTEL -> intel;
          case AMD -> amd;
        };
    try {
      // Whoever waits for a turn must not wait for all that somebody else made up.
      if (!permits.tryAcquire(config.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        return List.of(
            notThere("%d other platforms are being asked about".formatted(AT_A_TIME_MAX)));
      }
      try {
        return refreshNow(platform);
      } finally {
        permits.release();
      }
    } finally {
      running.remove(platform);
    }
  }

  private List<Check.Failed> refreshNow(Platform platform) {
    Instant now = clock.instant();
    Optional<Backoff> last = failing.find(platform);
    if (last.isPresent() && last.get().holds(now)) {
      // Somebody else has just tried.
      return last.get().reasons();
    }
    List<Check.Failed> failures = refresh.of(platform, now);
    if (failures.isEmpty()) {
      failing.remove(platform);
    } else {
      int inARow = last.map(Backoff::failures).orElse(0) + 1;
      Backoff backoff = Backoff.after(inARow, failures, now, config, random);
      failing.put(platform, backoff);
      LOG.log(
          System.Logger.Level.WARNING,
          "collateral of {0}: {1}; asked again after {2}",
          platform,
          failures,
          backoff.until());
    }
    return failures;
  }

  /** Waits for a refresh, and returns what failed. */
  static List<Check.Failed> await(FutureTask<List<Check.Failed>> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(notThere("interrupted while waiting for the service"));
    } catch (ExecutionException | CancellationException e) {
      return List.of(notThere("the refresh was given up"));
    }
  }

  private static Check.Failed notThere(String why) {
    return new Check.Failed("collateral", Reason.COLLATERAL_MISSING, why);
  }

  /** Waits for the refreshes that run now. */
  void awaitQuiet() {
    List.copyOf(running.values()).forEach(Refreshes::await);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
