package io.teex.attestation;

import io.teex.protocol.TcbStatus;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * How current a platform has to be.
 *
 * @param statuses that are accepted; never {@code REVOKED} nor {@code UNKNOWN}, and those that are
 *     out of date within {@code grace} only, whether they are listed or not
 * @param advisories the known weaknesses that are accepted with any status but {@code UP_TO_DATE}
 * @param grace whole days: how long after a better level came to be a platform may still be out of
 *     date
 * @param evaluationNumberMin the earliest TCB recovery whose collateral is good enough
 */
public record TcbPolicy(
    Set<TcbStatus> statuses, Set<String> advisories, Duration grace, long evaluationNumberMin) {
  /** Up to date, and nothing else. */
  public static final TcbPolicy STRICT =
      new TcbPolicy(Set.of(TcbStatus.UP_TO_DATE), Set.of(), Duration.ZERO, 0);

  public TcbPolicy {
    if (statuses.contains(TcbStatus.REVOKED) || statuses.contains(TcbStatus.UNKNOWN)) {
      throw new IllegalArgumentException("a revoked or unknown platform is never accepted");
    }
    if (grace.isNegative() || evaluationNumberMin < 0) {
      throw new IllegalArgumentException("grace and evaluation number are not negative");
    }
    if (!grace.equals(Duration.ofDays(grace.toDays()))) {
      throw new IllegalArgumentException("grace is counted in whole days, not " + grace);
    }
    statuses = Set.copyOf(statuses);
    advisories = java.util.Collections.unmodifiableSet(new TreeSet<>(advisories));
  }

  /**
   * Judges a platform and records it: {@code TCB_STATUS} for a status or weakness that is not
   * accepted, {@code SVN_TOO_LOW} for collateral of too early a recovery.
   */
  public void judge(Tcb tcb, TimeInterval time, Checks checks) {
    checks.require(
        accepts(tcb, time),
        "tcb-status",
        Reason.TCB_STATUS,
        () ->
            "the platform is %s%s; accepted are %s, advisories %s"
                .formatted(
                    tcb.status().label(),
                    tcb.advisories().isEmpty() ? "" : " with " + tcb.advisories(),
                    statuses.stream().sorted().map(TcbStatus::label).toList(),
                    advisories));
    checks.require(
        tcb.evaluationNumber() >= evaluationNumberMin,
        "tcb-evaluation",
        Reason.SVN_TOO_LOW,
        () ->
            "the collateral is of TCB evaluation %d, at least %d is wanted"
                .formatted(tcb.evaluationNumber(), evaluationNumberMin));
  }

  private boolean accepts(Tcb tcb, TimeInterval time) {
    TcbStatus status = tcb.status();
    if (status == TcbStatus.UP_TO_DATE) {
      return statuses.contains(status);
    }
    return status.isOutOfDate()
        ? isInGrace(tcb, time)
        : statuses.contains(status) && advisories.containsAll(tcb.advisories());
  }

  /** Time to update: it holds with every weakness that the update takes away. */
  private boolean isInGrace(Tcb tcb, TimeInterval time) {
    return !tcb.behindSince().equals(java.time.Instant.MAX)
        && time.isSurelyNotAfter(tcb.behindSince().plus(grace));
  }
}
