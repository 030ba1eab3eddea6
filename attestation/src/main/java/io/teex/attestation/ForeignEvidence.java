package io.teex.attestation;

/**
 * Evidence that a certificate of another system than TEEX carries, not verified. Attested channels
 * take none of it: it is for a person who looks at such a certificate. It is about that very
 * certificate only if it vouches for {@code bound}.
 *
 * @param bound the report data of that system for the certificate's own key: evidence about another
 *     key vouches for something else
 * @param alongside what else the certificate holds that a verifier needs, such as an event log
 */
public record ForeignEvidence(
    Format format, Evidence evidence, ReportData bound, Collateral alongside) {
  /** Who writes such certificates, and how. */
  public enum Format {
    /** Gramine, in the TCG DICE extension: quote and claims. */
    GRAMINE,
    /** Gramine before that: a bare quote. */
    GRAMINE_LEGACY,
    /** dstack: quote and event log. */
    DSTACK,
    /** dstack, newer: an envelope around the evidence of one of several platforms. */
    DSTACK_ENVELOPE,
    /** A conceptual message wrapper of IETF RATS around the report of a guest. */
    CMW
  }
}
