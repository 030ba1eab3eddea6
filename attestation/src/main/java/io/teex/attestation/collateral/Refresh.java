package io.teex.attestation.collateral;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.Reason;
import io.teex.attestation.Recent;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Brings the parts of a platform up to date, issuers first: from the archive what was never seen,
 * from the service what is due. Each is kept only if it is good by itself and by those before it,
 * so a lie about one part holds back no other, and a revocation holds as soon as it is known.
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
    List<Check.Failed> failures = new ArrayList<>();
    for (Part part : platform.parts()) {
      if (held.find(part).isEmpty()) {
        recall(platform, part, now);
      }
    }
    for (Part part : platform.parts()) {
      if (isDue(part, now)) {
        try {
          Map<String, Bytes> documents = source.fetch(part);
          take(platform, part, documents, now);
          archive.save(part, documents);
        } catch (PartFailure e) {
          failures.add(e.check(part));
          if (e.isServiceDown()) {
            break;
          }
        }
      }
    }
    return failures;
  }

  boolean isDue(Part part, Instant now) {
    Optional<Held> known = held.find(part);
    return known.isEmpty() || !now.isBefore(known.get().refreshAt());
  }

  /** Takes up what the archive has of a part, if it passes like new. */
  private void recall(Platform platform, Part part, Instant now) {
    Optional<Map<String, Bytes>> documents = archive.load(part);
    if (documents.isPresent()) {
      try {
        take(platform, part, documents.get(), now);
      } catch (PartFailure e) {
        Check.Failed why = e.check(part);
        boolean usual = why.reason() == part.expired();
        LOG.log(
            usual ? System.Logger.Level.INFO : System.Logger.Level.WARNING,
            "kept collateral is not used: {0}",
            why);
      }
    }
  }

  private void take(Platform platform, Part part, Map<String, Bytes> documents, Instant now)
      throws PartFailure {
    Held one = accept(part, documents, now);
    requireGenuine(platform, part, one, now);
    keep(part, one);
    if (part instanceof Part.Crl) {
      forgetRevoked(platform, now);
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

  private void requireGenuine(Platform platform, Part part, Held one, Instant now)
      throws PartFailure {
    Map<String, Bytes> documents = new HashMap<>();
    for (Part other : platform.parts()) {
      held.find(other)
          .filter(known -> known.life().holds(now))
          .ifPresent(known -> documents.putAll(known.documents()));
    }
    documents.putAll(one.documents());
    Checks checks = new Checks();
    try {
      check.check(part, new Collateral(documents), TimeInterval.at(now), checks);
    } catch (RuntimeException e) {
      throw PartFailure.malformed("the check failed: " + e.getMessage());
    }
    for (Check answer : checks.answers()) {
      if (answer instanceof Check.Failed failed) {
        throw PartFailure.of(failed.reason(), "%s: %s".formatted(failed.name(), failed.detail()));
      }
    }
  }

  /** The refresh of another platform may have brought a newer one of a shared part meanwhile. */
  private void keep(Part part, Held one) {
    synchronized (held) {
      Optional<Held> known = held.find(part);
      if (known.isEmpty() || !one.life().isOlderThan(known.get().life())) {
        held.put(part, one);
      }
    }
  }

  /** What a new revocation list refuses has to be asked for again, and is no measure of age. */
  private void forgetRevoked(Platform platform, Instant now) {
    for (Part part : platform.parts()) {
      Optional<Held> known = held.find(part).filter(one -> one.life().holds(now));
      if (known.isPresent()) {
        try {
          requireGenuine(platform, part, known.get(), now);
        } catch (PartFailure e) {
          held.remove(part);
          LOG.log(
              System.Logger.Level.WARNING, "collateral is not used any more: {0}", e.check(part));
        }
      }
    }
  }
}
