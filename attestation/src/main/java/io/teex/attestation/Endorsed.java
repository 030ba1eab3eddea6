package io.teex.attestation;

/**
 * Evidence together with what the platform gave along with it, such as the certificate of its key
 * and its event log. That comes from the host, so it is worth no more than any other collateral.
 */
public record Endorsed(Evidence evidence, Collateral collateral) {
  /** Evidence alone. */
  public static Endorsed bare(Evidence evidence) {
    return new Endorsed(evidence, Collateral.none());
  }
}
