package io.teex.cli.attest;

import io.teex.attestation.Check;
import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.ForeignEvidence;
import io.teex.attestation.P256;
import io.teex.attestation.RaTls;
import io.teex.attestation.Reason;
import io.teex.attestation.ReportData;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.Verdict;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Evidence in a certificate. It is about the certificate only if it vouches for its key.
 *
 * @param format which form it has, for programs
 * @param words the same for people
 * @param bindings what the evidence may vouch for, by what that means: in TEEX's own form a key in
 *     one of the roles, in others the key
 * @param alongside what else the certificate holds that a verifier needs
 */
record CertificateEvidence(
    X509Certificate certificate,
    String format,
    String words,
    Evidence evidence,
    Map<String, ReportData> bindings,
    Collateral alongside) {
  private static final String OWN_FORMAT = "teex";
  private static final String OWN_KEY = "its own key";

  /**
   * @throws TeexException {@code ATTESTATION_REFUSED} that says what is wrong with it
   */
  static CertificateEvidence of(X509Certificate certificate) {
    Optional<ForeignEvidence> foreign = RaTls.foreign(certificate);
    return foreign.isPresent() ? of(certificate, foreign.get()) : own(certificate);
  }

  private static CertificateEvidence of(X509Certificate certificate, ForeignEvidence foreign) {
    String words =
        switch (foreign.format()) {
          case GRAMINE -> "a certificate as Gramine makes them (TCG DICE)";
          case GRAMINE_LEGACY -> "a certificate as Gramine made them first (a bare quote)";
          case DSTACK -> "a certificate as dstack makes them (quote and event log)";
          case DSTACK_ENVELOPE -> "a certificate as dstack makes them (attestation envelope)";
          case CMW -> "a certificate with a conceptual message of IETF RATS (id-pe-cmw)";
        };
    return new CertificateEvidence(
        certificate,
        foreign.format().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        words,
        foreign.evidence(),
        Map.of(OWN_KEY, foreign.bound()),
        foreign.alongside());
  }

  private static CertificateEvidence own(X509Certificate certificate) {
    Evidence evidence = RaTls.evidence(certificate);
    Map<String, ReportData> bindings = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      bindings.put(as(role), RaTls.binding(certificate, role));
    }
    return new CertificateEvidence(
        certificate,
        OWN_FORMAT,
        "a certificate of TEEX (RA-TLS)",
        evidence,
        bindings,
        Collateral.none());
  }

  private static String as(Role role) {
    return "%s, as %s".formatted(OWN_KEY, role.name().toLowerCase(Locale.ROOT));
  }

  /** Whether the role is part of what the evidence vouches for. */
  boolean bindsRole() {
    return format.equals(OWN_FORMAT);
  }

  /** The same if it has to be bound to this role, where it is bound to one. */
  CertificateEvidence boundAs(Role role) {
    return bindsRole()
        ? new CertificateEvidence(
            certificate,
            format,
            words,
            evidence,
            Map.of(as(role), RaTls.binding(certificate, role)),
            alongside)
        : this;
  }

  /** What the evidence was found to vouch for, in words; empty if it is nothing of this. */
  Optional<String> boundTo(Verdict verdict) {
    return verdict
        .claims()
        .flatMap(claims ->
            bindings.entrySet().stream()
                .filter(binding -> binding.getValue().sameAs(claims.reportData()))
                .map(Map.Entry::getKey)
                .findFirst());
  }

  /** The role that the evidence was found to bind the key to, where it binds one. */
  Optional<Role> role(Verdict verdict) {
    Optional<String> bound = boundTo(verdict);
    return bindsRole()
        ? Arrays.stream(Role.values()).filter(role -> bound.equals(Optional.of(as(role)))).findAny()
        : Optional.empty();
  }

  /** The verdict with what the certificate itself has to hold. */
  Verdict judge(Verdict verdict, TimeInterval time) {
    return verdict.and(key(verdict)).and(validity(time));
  }

  private Check key(Verdict verdict) {
    String name = "certificate-key";
    if (bindsRole() && !P256.isKey(certificate.getPublicKey())) {
      return new Check.Failed(
          name,
          Reason.CERTIFICATE_INVALID,
          "a key of %s that is not of P-256, which is all that TEEX takes"
              .formatted(certificate.getPublicKey().getAlgorithm()));
    }
    if (bindsRole() && certificate.hasUnsupportedCriticalExtension()) {
      return new Check.Failed(
          name, Reason.CERTIFICATE_INVALID, "an unknown extension that says it is critical");
    }
    return boundTo(verdict).isPresent()
        ? new Check.Passed(name)
        : new Check.Failed(
            name,
            Reason.REPORT_DATA_MISMATCH,
            "the evidence does not vouch for %s: it was made for another key or purpose"
                .formatted(String.join(" or ", bindings.keySet().stream().sorted().toList())));
  }

  private Check validity(TimeInterval time) {
    String name = "certificate-validity";
    boolean holds =
        time.isSurelyNotBefore(certificate.getNotBefore().toInstant())
            && time.isSurelyNotAfter(certificate.getNotAfter().toInstant());
    return holds
        ? new Check.Passed(name)
        : new Check.Failed(
            name,
            Reason.CERTIFICATE_EXPIRED,
            "the certificate holds from %s to %s"
                .formatted(
                    certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant()));
  }

  Map<String, Object> json(Optional<String> boundTo) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", format);
    json.put("subject", certificate.getSubjectX500Principal().getName());
    json.put("key_sha256", RaTls.keyHash(certificate).value().toHex());
    json.put("bound_to", boundTo.orElse(null));
    return json;
  }
}
