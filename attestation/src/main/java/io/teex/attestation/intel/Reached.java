package io.teex.attestation.intel;

import io.teex.protocol.TcbStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The level that something is at: the first one that it reaches.
 *
 * @param levels from the best to the worst
 */
record Reached<L extends TcbLevel>(List<L> levels, int index) {
  static <L extends TcbLevel> Optional<Reached<L>> first(List<L> levels, Predicate<L> reaches) {
    for (int i = 0; i < levels.size(); i++) {
      if (reaches.test(levels.get(i))) {
        return Optional.of(new Reached<>(levels, i));
      }
    }
    return Optional.empty();
  }

  L level() {
    return levels.get(index);
  }

  TcbStatus status() {
    return level().status();
  }

  /**
   * When the nearest better level came to be that is good enough to move to; {@link Instant#MAX} if
   * there is none.
   */
  Instant behindSince() {
    if (status() == TcbStatus.UP_TO_DATE) {
      return Instant.MAX;
    }
    for (int i = index - 1; i >= 0; i--) {
      TcbStatus better = levels.get(i).status();
      if (!better.isOutOfDate() && better != TcbStatus.REVOKED) {
        return levels.get(i).date();
      }
    }
    return Instant.MAX;
  }
}
