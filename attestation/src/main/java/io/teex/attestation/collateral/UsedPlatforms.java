package io.teex.attestation.collateral;

import io.teex.attestation.Recent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Platforms of which documents were of use, and when last. Safe for use by several threads. */
final class UsedPlatforms {
  private final Recent<Platform, Instant> lastUse;
  private final Duration idleMax;

  /**
   * @param max how many to know; whose use is longest ago is forgotten first
   * @param idleMax after how long without use to forget one
   */
  UsedPlatforms(int max, Duration idleMax) {
    this.lastUse = new Recent<>(max);
    this.idleMax = idleMax;
  }

  void use(Platform platform, Instant now) {
    lastUse.put(platform, now);
  }

  /** Those that are not to be forgotten yet. */
  List<Platform> at(Instant now) {
    Instant since = now.minus(idleMax);
    Map<Platform, Instant> known = lastUse.all();
    known.forEach((platform, used) -> {
      if (used.isBefore(since)) {
        lastUse.remove(platform);
      }
    });
    return known.entrySet().stream()
        .filter(entry -> !entry.getValue().isBefore(since))
        .map(Map.Entry::getKey)
        .toList();
  }
}
