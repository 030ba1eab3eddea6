package io.teex.manager.release;

/**
 * The counters of one licence. A revocation lies beside them, so that a release and a revocation
 * can never both win.
 *
 * @param uses tasks that got a use
 * @param outputBytes reserved by them together, with what they may tell besides
 * @param revokedAt seconds since the epoch; 0 while it is not revoked
 */
public record LicenceState(long uses, long outputBytes, long revokedAt) {
  public static final LicenceState FRESH = new LicenceState(0, 0, 0);

  public boolean isRevoked() {
    return revokedAt != 0;
  }

  public LicenceState revoked(long at) {
    return isRevoked() ? this : new LicenceState(uses, outputBytes, Math.max(at, 1));
  }

  LicenceState plus(LicensedUse use) {
    return new LicenceState(uses + 1, outputBytes + use.budgetBytes(), revokedAt);
  }
}
