package io.teex.attestation.intel;

import io.teex.attestation.Reason;

/** One step of a verification did not hold. Never leaves this package. */
final class Refused extends Exception {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  /**
   * @param detail what was seen and what was expected
   */
  Refused(Reason reason, String detail) {
    // Made for hostile input as often as for honest mistakes: a stack trace is not worth its price.
    super(detail, null, false, false);
    this.reason = reason;
  }

  static Refused malformed(String detail) {
    return new Refused(Reason.MALFORMED, detail);
  }

  Reason reason() {
    return reason;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
