package io.teex.attestation.intel;

import io.teex.attestation.Appraiser;
import io.teex.attestation.Checks;
import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import io.teex.protocol.TeeKind;
import java.security.PublicKey;
import java.util.Optional;

/**
 * Judges quotes of SGX (version 3, and inside 4 and 5) and of TDX (versions 4 and 5) by Intel's
 * collateral. Collateral that was verified once is remembered by its bytes, so that a platform that
 * proves itself again costs the check of one signature. Safe for use by several threads.
 */
public final class IntelAppraiser implements Appraiser {
  private final TeeKind kind;
  private final Endorsements endorsements;

  /**
   * @param kind {@code SGX} or {@code TDX}: quotes of the other one are not read
   */
  public IntelAppraiser(TeeKind kind) {
    this(kind, IntelRoot.KEY);
  }

  IntelAppraiser(TeeKind kind, PublicKey root) {
    this.kind = kind;
    this.endorsements = new Endorsements(root);
  }

  @Override
  public Optional<Claims> appraise(
      Bytes evidence, Collateral collateral, TimeInterval time, Policy policy, Checks checks) {
    Quote quote = new Proof(checks).attempt("format", () -> quote(evidence));
    return quote == null
        ? Optional.empty()
        : Optional.of(
            new QuoteAppraisal(quote, endorsements, collateral, time, policy, checks).appraise());
  }

  private Quote quote(Bytes evidence) throws Refused {
    Quote quote = Quote.parse(evidence);
    if (quote.header().tee() != kind) {
      throw Refused.malformed(
          "the evidence says that it is of %s, the quote is of %s"
              .formatted(kind, quote.header().tee()));
    }
    return quote;
  }
}
