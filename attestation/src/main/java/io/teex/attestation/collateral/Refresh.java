package io.teex.attestation.collateral;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Brings the parts of a platform up to date: from the archive what was never seen, from the service
 * what is due. New parts replace old ones together or not at all.
 */
final class Refresh {
  private static final System.Logger LOG = System.getLogger(Refresh.class.getName());

  private final PartSource source;
  private final PartArchive archive;
  private final CollateralCheck check;
  private final CollateralConfig config;
  private final RandomGenerator random;
  private final Recent<Part, Held> held;

  Refresh(
      PartSource source,
      PartArchive archive,
      CollateralCheck check,
      CollateralConfig config,
      RandomGenerator random,
      Recent<Part, Held> held) {
    this.source = source;
    this.archive = archive;
    this.check = check;
    this.config = config;
    this.random = random;
    this.held = held;
  }

  /** Does it, and returns what failed. */
  List<Check.Failed> of(Platform platform, Instant now) {
    recall(platform, now);
    List<Check.Failed> failures = new ArrayList<>();
    Map<Part, Held> fresh = new LinkedHashMap<>();
    for (Part part : platform.parts()) {
      if (isDue(part, now)) {
        try {
          fresh.put(part, accept(part, source.fetch(part), now));
        } catch (PartFailure e) {
          failures.add(e.check(part));
          if (e.isServiceDown()) {
            break;
          }
        }
      }
    }
    List<Check.Failed> refused = judge(platform, fresh, now);
    if (refused.isEmpty()) {
      fresh.forEach((part, documents) -> archive.save(part, documents.documents()));
    }
    failures.addAll(refused);
    return failures;
  }

  boolean isDue(Part part, Instant now) {
    Optional<Held> known = held.find(part);
    return known.isEmpty() || !now.isBefore(known.get().refreshAt());
  }

  /** Takes up what the archive has of parts that are not in memory, if it passes like new. */
  private void recall(Platform platform, Instant now) {
    Map<Part, Held> recalled = new LinkedHashMap<>();
    for (Part part : platform.parts()) {
      if (held.find(part).isEmpty()) {
        archive
            .load(part)
            .ifPresent(documents -> {
              try {
                recalled.put(part, accept(part, documents, now));
              } catch (PartFailure e) {
                LOG.log(
                    System.Logger.Level.INFO, "kept collateral is not used: {0}", e.check(part));
              }
            });
      }
    }
    for (Check.Failed refused : judge(platform, recalled, now)) {
      LOG.log(System.Logger.Level.WARNING, "kept collateral is refused: {0}", refused);
    }
  }

  private Held accept(Part part, Map<String, Bytes> documents, Instant now) throws PartFailure {
    if (!documents.keySet().equals(part.documents())) {
      // Others would take the place of those of another part, which were read as that part's.
      throw PartFailure.malformed(
          "documents %s, expected %s".formatted(documents.keySet(), part.documents()));
    }
    Life life = PartReader.read(part, documents);
    if (!life.hasBegun(now)) {
      throw PartFailure.of(
          Reason.COLLATERAL_NOT_YET_VALID,
          "issued at %s, which is after %s".formatted(life.issued(), now));
    }
    if (life.hasEnded(now)) {
      throw PartFailure.of(
          part.expired(), "expired at %s, it is %s".formatted(life.expires(), now));
    }
    Optional<Held> known = held.find(part);
    if (known.isPresent() && life.isOlderThan(known.get().life())) {
      throw PartFailure.of(
          part.expired(),
          "issued at %s in TCB evaluation %d, but there was already one of %s in %d"
              .formatted(
                  life.issued(),
                  life.evaluation(),
                  known.get().life().issued(),
                  known.get().life().evaluation()));
    }
    return new Held(documents, life, refreshAt(part, life, now));
  }

  /** Half of what is left, at most the configured age, and up to a fifth earlier by chance. */
  private Instant refreshAt(Part part, Life life, Instant now) {
    Duration half = Duration.between(now, life.expires()).dividedBy(2);
    boolean sooner = part.changes() && config.ageMax().compareTo(half) < 0;
    Duration age = sooner ? config.ageMax() : half;
    long millis = (long) (age.toMillis() * (1 - random.nextDouble() / 5));
    Instant refresh = now.plusMillis(millis);
    Instant earliest = now.plus(config.retryMin());
    return refresh.isBefore(earliest) ? earliest : refresh;
  }

  /** Keeps the new parts if the check passes with them, and returns what it refuses otherwise. */
  private List<Check.Failed> judge(Platform platform, Map<Part, Held> fresh, Instant now) {
    if (fresh.isEmpty()) {
      return List.of();
    }
    Map<String, Bytes> documents = new HashMap<>();
    for (Part part : platform.parts()) {
      Optional<Held> known = Optional.ofNullable(fresh.get(part)).or(() -> held.find(part));
      known
          .filter(one -> one.life().holds(now))
          .ifPresent(one -> documents.putAll(one.documents()));
    }
    Checks checks = new Checks();
    try {
      check.check(platform, new Collateral(documents), TimeInterval.at(now), checks);
    } catch (RuntimeException e) {
      checks.fail("collateral-check", Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
    List<Check.Failed> refused = new ArrayList<>();
    for (Check answer : checks.answers()) {
      if (answer instanceof Check.Failed failed) {
        refused.add(failed);
      }
    }
    if (refused.isEmpty()) {
      keep(fresh);
    }
    return refused;
  }

  /** The refresh of another platform may have brought a newer one of a shared part meanwhile. */
  private void keep(Map<Part, Held> fresh) {
    synchronized (held) {
      fresh.forEach((part, one) -> {
        Optional<Held> known = held.find(part);
        if (known.isEmpty() || !one.life().isOlderThan(known.get().life())) {
          held.put(part, one);
        }
      });
    }
  }
}
