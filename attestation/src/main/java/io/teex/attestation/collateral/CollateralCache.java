package io.teex.attestation.collateral;

import io.teex.attestation.Check;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Evidence;
import io.teex.attestation.Reason;
import io.teex.protocol.Bytes;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * Collateral by platform, asked for again well before it expires. Safe for use by several threads:
 * there is one refresh of a platform at a time, and who needs it waits for that one.
 *
 * <p>A part that is kept is replaced only by one that is genuine, about the same platform and not
 * older; so a service can withhold news until the old documents expire, and no more. While a
 * service fails, documents that still hold are used and it is asked less and less often.
 */
public final class CollateralCache implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CollateralCache.class.getName());
  private static final int PARTS_MAX = 8_192;
  private static final int FAILING_PLATFORMS_MAX = 1_024;
  private static final int REFRESHES_MAX = 8;

  private final PartSource source;
  private final CollateralConfig config;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Refresh refresh;
  private final Recent<Part, Held> held = new Recent<>(PARTS_MAX);
  private final Recent<Platform, Backoff> failing = new Recent<>(FAILING_PLATFORMS_MAX);
  private final Map<Platform, FutureTask<List<Check.Failed>>> running = new ConcurrentHashMap<>();
  private final Semaphore permits = new Semaphore(REFRESHES_MAX);
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("collateral-", 0).factory());

  CollateralCache(
      PartSource source,
      PartArchive archive,
      CollateralCheck check,
      CollateralConfig config,
      InstantSource clock,
      RandomGenerator random) {
    this.source = source;
    this.config = config;
    this.clock = clock;
    this.random = random;
    this.refresh = new Refresh(source, archive, check, config, random, held);
  }

  public static CollateralCache open(
      CollateralConfig config, InstantSource clock, RandomGenerator random) {
    return open(config, new GenuineCheck(), clock, random);
  }

  static CollateralCache open(
      CollateralConfig config, CollateralCheck check, InstantSource clock, RandomGenerator random) {
    Path directory = config.directory();
    return new CollateralCache(
        new CollateralService(config.services(), config.timeout()),
        directory == null ? PartArchive.NONE : new PartDirectory(directory),
        check,
        config,
        clock,
        random);
  }

  /**
   * What a verifier needs for this evidence. Waits for the service only if there is a part of which
   * nothing is kept that holds.
   *
   * @param alongside what came with the evidence: its endorsement key's certificate and its event
   *     log are taken from there; never a revocation list, of which it may hold an old one
   */
  public Supply supply(Evidence evidence, Collateral alongside) {
    Collateral given = usable(alongside);
    Supply supply = new Supply(given, true, List.of());
    for (Platform platform : Platforms.of(evidence, given)) {
      supply = with(given, supply(platform));
      if (supply.complete()) {
        return supply;
      }
    }
    return supply;
  }

  private static Collateral usable(Collateral alongside) {
    return new Collateral(
        alongside.documents().entrySet().stream()
            .filter(document ->
                document.getKey().equals(CollateralName.VEK)
                    || document.getKey().equals(CollateralName.EVENT_LOG))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  private static Supply with(Collateral given, Supply supply) {
    Map<String, Bytes> documents = new HashMap<>(supply.collateral().documents());
    documents.putAll(given.documents());
    return new Supply(new Collateral(documents), supply.complete(), supply.failures());
  }

  /** What there is for this platform. */
  public Supply supply(Platform platform) {
    Instant now = clock.instant();
    Optional<Backoff> backoff = failing.find(platform).filter(last -> last.holds(now));
    if (backoff.isPresent()) {
      return assemble(platform, now, backoff.get().reasons());
    }
    Supply supply = assemble(platform, now, List.of());
    if (platform.parts().stream().noneMatch(part -> refresh.isDue(part, now))) {
      return supply;
    }
    FutureTask<List<Check.Failed>> task = start(platform);
    return supply.failures().isEmpty() ? supply : assemble(platform, now, await(task));
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
    permits.acquire();
    try {
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
    } finally {
      permits.release();
      running.remove(platform);
    }
  }

  private static List<Check.Failed> await(FutureTask<List<Check.Failed>> task) {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of(notThere("interrupted while waiting for the service"));
    } catch (ExecutionException | java.util.concurrent.CancellationException e) {
      return List.of(notThere("the refresh was given up"));
    }
  }

  private static Check.Failed notThere(String why) {
    return new Check.Failed("collateral", Reason.COLLATERAL_MISSING, why);
  }

  /** Puts together what holds at this time, and says of every other part why it is not there. */
  private Supply assemble(Platform platform, Instant now, List<Check.Failed> known) {
    Map<String, Bytes> documents = new HashMap<>();
    List<Check.Failed> failures = new ArrayList<>(known);
    boolean complete = true;
    for (Part part : platform.parts()) {
      Optional<Held> one = held.find(part);
      if (one.isPresent() && one.get().life().holds(now)) {
        documents.putAll(one.get().documents());
      } else {
        complete &= !part.required();
        if (failures.stream().noneMatch(failure -> failure.name().equals(part.name()))) {
          failures.add(absent(part, one, now));
        }
      }
    }
    return new Supply(new Collateral(documents), complete, failures);
  }

  private static Check.Failed absent(Part part, Optional<Held> expired, Instant now) {
    return expired
        .map(one ->
            new Check.Failed(
                part.name(),
                part.expired(),
                "expired at %s, it is %s".formatted(one.life().expires(), now)))
        .orElseGet(() -> new Check.Failed(part.name(), part.missing(), "not there"));
  }

  /** Waits for the refreshes that run now. */
  void awaitQuiet() {
    List.copyOf(running.values()).forEach(CollateralCache::await);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    source.close();
    threads.close();
  }
}
