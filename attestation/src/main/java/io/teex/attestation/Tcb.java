package io.teex.attestation;

import io.teex.protocol.TcbStatus;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How current the firmware and microcode below a TEE are, by the word of the platform's maker.
 *
 * @param advisories the known weaknesses that it has, such as {@code INTEL-SA-00615}
 * @param behindSince when a better level came to be; {@link Instant#MAX} if there is none or it is
 *     not known
 * @param evaluationNumber of the recovery that was judged by; 0 where the maker numbers none
 */
public record Tcb(
    TcbStatus status, SortedSet<String> advisories, Instant behindSince, long evaluationNumber) {
  public Tcb {
    advisories = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(advisories));
  }

  /** A platform whose maker's documents name no level for it, or cannot be relied on. */
  public static Tcb unknown(long evaluationNumber) {
    return new Tcb(TcbStatus.UNKNOWN, new TreeSet<>(), Instant.MAX, evaluationNumber);
  }

  /** A platform about which its maker says no more than that it is genuine. */
  public static Tcb of(TcbStatus status) {
    return new Tcb(status, new TreeSet<>(), Instant.MAX, 0);
  }
}
