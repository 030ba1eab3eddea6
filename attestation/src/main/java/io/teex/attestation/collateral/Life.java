package io.teex.attestation.collateral;

import java.time.Instant;

/**
 * When a part holds, and its place among others of its name.
 *
 * @param evaluation number of the TCB recovery; 0 where there are none
 */
record Life(Instant issued, Instant expires, long evaluation) {
  /** A service that shows an older document than before is behind, or lies. */
  boolean isOlderThan(Life other) {
    return issued.isBefore(other.issued) || evaluation < other.evaluation;
  }

  boolean hasBegun(Instant now) {
    return !now.isBefore(issued);
  }

  boolean hasEnded(Instant now) {
    return now.isAfter(expires);
  }

  boolean holds(Instant now) {
    return hasBegun(now) && !hasEnded(now);
  }
}
