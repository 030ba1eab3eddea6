package io.teex.attestation.collateral;

import io.teex.attestation.Check;
import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Recent;
import io.teex.attestation.Rounds;
import io.teex.protocol.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.random.RandomGenerator;

/**
 * Collateral by platform, asked for again well before it expires. Safe for use by several threads:
 * there is one refresh of a platform at a time, and who needs it waits for that one.
 *
 * <p>A part that is kept is replaced only by one that is genuine, about the same platform and not
 * older; so a service can withhold news until the old documents expire, and no more. While a
 * service fails, documents that still hold are used and it is asked less and less often.
 *
 * <p>What is kept of platforms that were of use lately is renewed though nobody asks, so that who
 * asks next need not wait, nor depend on a service that is down just then.
 */
public final class CollateralCache implements AutoCloseable {
  private static final int PARTS_MAX = 8_192;
  private static final int USED_PLATFORMS_MAX = 1_024;
  private static final Duration RENEWAL_PAUSE = Duration.ofSeconds(30);

  private final PartSource source;
  private final InstantSource clock;
  private final Recent<Part, Held> held = new Recent<>(PARTS_MAX);
  private final UsedPlatforms used;
  private final Refreshes refreshes;
  private final Timer.Running timer;

  CollateralCache(
      PartSource source,
      PartArchive archive,
      CollateralCheck check,
      CollateralConfig config,
      InstantSource clock,
      RandomGenerator random,
      Timer timer) {
    this.source = source;
    this.clock = clock;
    this.used = new UsedPlatforms(USED_PLATFORMS_MAX, config.idleMax());
    this.refreshes =
        new Refreshes(
            new Refresh(source, archive, check, config, random, held), config, clock, random);
    this.timer = timer.start(this::renew);
  }

  public static CollateralCache open(
      CollateralConfig config, InstantSource clock, RandomGenerator random) {
    return open(
        config,
        new GenuineCheck(),
        clock,
        random,
        work -> Rounds.start("collateral", RENEWAL_PAUSE, work)::close);
  }

  static CollateralCache open(
      CollateralConfig config,
      CollateralCheck check,
      InstantSource clock,
      RandomGenerator random,
      Timer timer) {
    Path directory = config.directory();
    return new CollateralCache(
        new CollateralService(config.services(), config.timeout()),
        directory == null ? PartArchive.NONE : new PartDirectory(directory),
        check,
        config,
        clock,
        random,
        timer);
  }

  /**
   * What a verifier needs for this evidence. Waits for the service only if there is a part of which
   * nothing is kept that holds.
   *
   * @param alongside what came with the evidence: its endorsement key's certificate and its event
   *     log are taken from there; never a revocation list, of which it may hold an old one
   */
  public Supply supply(Evidence evidence, Collateral alongside) {
    Collateral given = alongside.alongside();
    Supply supply = new Supply(given, true, List.of());
    for (Platform platform : Platforms.of(evidence, given)) {
      supply = with(given, supply(platform));
      if (supply.complete()) {
        return supply;
      }
    }
    return supply;
  }

  private static Supply with(Collateral given, Supply supply) {
    return new Supply(supply.collateral().with(given), supply.complete(), supply.failures());
  }

  /** What there is for this platform. */
  public Supply supply(Platform platform) {
    Instant now = clock.instant();
    Supply supply = assemble(platform, now, refreshes.pausedBy(platform, now).orElse(List.of()));
    Optional<FutureTask<List<Check.Failed>>> refresh = refreshes.startIfDue(platform, now);
    if (refresh.isPresent() && !supply.failures().isEmpty()) {
      supply = assemble(platform, now, Refreshes.await(refresh.get()));
    }
    if (supply.complete()) {
      // Anybody can make up a platform: only those that there are documents of are kept up.
      used.use(platform, now);
    }
    return supply;
  }

  private void renew() {
    Instant now = clock.instant();
    used.at(now).forEach(platform -> refreshes.startIfDue(platform, now));
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
    refreshes.awaitQuiet();
  }

  @Override
  public void close() {
    timer.close();
    refreshes.close();
    source.close();
  }
}
