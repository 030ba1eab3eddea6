package io.teex.attestation.collateral;

import io.teex.attestation.Check;
import io.teex.attestation.Reason;

/** Why a part could not be had. */
final class PartFailure extends Exception {
  private final Reason reason;
  private final boolean serviceDown;

  private PartFailure(Reason reason, boolean serviceDown, String message) {
    super(message);
    this.reason = reason;
    this.serviceDown = serviceDown;
  }

  static PartFailure of(Reason reason, String message) {
    return new PartFailure(reason, false, message);
  }

  static PartFailure malformed(String message) {
    return of(Reason.MALFORMED, message);
  }

  static PartFailure mismatch(String message) {
    return of(Reason.COLLATERAL_MISMATCH, message);
  }

  /** The service does not answer at all, so that asking for another part would only take longer. */
  static PartFailure serviceDown(Part part, String message) {
    return new PartFailure(part.missing(), true, message);
  }

  boolean isServiceDown() {
    return serviceDown;
  }

  Check.Failed check(Part part) {
    return new Check.Failed(part.name(), reason, String.valueOf(getMessage()));
  }
}
