package io.teex.attestation;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.Sha256;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.cert.X509v3CertificateBuilder;

/**
 * Certificates that carry evidence for their own key. No authority signs them: they are worth what
 * their evidence is worth, and prove nothing about freshness.
 */
public final class RaTls {
  /** TCG DICE tagged evidence; its content is {@link Evidence#encode()}. */
  public static final String EVIDENCE_OID = "2.23.133.5.4.9";

  /** No certificate longer than this is looked at. */
  public static final int CERTIFICATE_SIZE_MAX = 2 * Evidence.ENCODED_SIZE_MAX;

  /** Everything that somebody might take for evidence; a certificate has exactly one of them. */
  private static final List<String> EVIDENCE_OIDS =
      List.of(
          EVIDENCE_OID,
          "0.6.9.42.840.113741.1337.6", // Gramine's legacy extension, as its octets read
          "1.2.840.113741.1337.6", // and as it was meant
          "1.3.6.1.4.1.62397.1.1", // dstack: quote
          "1.3.6.1.4.1.62397.1.8", // dstack: attestation envelope
          "1.3.6.1.5.5.7.1.35"); // IETF id-pe-cmw

  private static final byte[] NOTHING = {};
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private RaTls() {}

  /**
   * Issues a self-signed certificate for {@code key} whose evidence binds that key to {@code role}.
   */
  public static X509Certificate issue(
      KeyPair key,
      Role role,
      EvidenceSource source,
      Instant now,
      Duration lifetime,
      SecureRandom random) {
    Evidence evidence = source.evidence(binding(key.getPublic(), role));
    return issue(key, role, evidence, now, lifetime, random);
  }

  /** The same with evidence that vouches for {@link #binding(PublicKey, Role)}. */
  public static X509Certificate issue(
      KeyPair key,
      Role role,
      Evidence evidence,
      Instant now,
      Duration lifetime,
      SecureRandom random) {
    String name = "CN=TEEX " + role.name().toLowerCase(Locale.ROOT);
    Instant start = now.truncatedTo(ChronoUnit.SECONDS);
    X509v3CertificateBuilder builder =
        Certificates.builder(
            name, name, key.getPublic(), start.minus(CLOCK_SKEW), start.plus(lifetime), random);
    try {
      builder.addExtension(new ASN1ObjectIdentifier(EVIDENCE_OID), false, evidence.encode());
    } catch (IOException e) {
      throw new IllegalStateException("evidence cannot be put into a certificate", e);
    }
    return Certificates.sign(builder, key, random);
  }

  /** What the evidence inside {@code certificate} has to vouch for. */
  public static ReportData binding(X509Certificate certificate, Role role) {
    return binding(certificate.getPublicKey(), role);
  }

  /** What evidence for a certificate of this key has to vouch for. */
  public static ReportData binding(PublicKey key, Role role) {
    return ReportData.of(role, key.getEncoded(), NOTHING, NOTHING);
  }

  /** The name of a TLS key in node certificates: the SHA-256 of its SubjectPublicKeyInfo. */
  public static Bytes32 keyHash(X509Certificate certificate) {
    return Sha256.hash(certificate.getPublicKey().getEncoded());
  }

  /**
   * What can be told without a verifier: one evidence extension that can be read, a P-256 key, and
   * dates that hold. The certificate's own signature is not looked at: in TLS 1.3 its key signs the
   * handshake, certificate included, and outside of TLS a certificate means nothing here.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED}, with a reason that is not for the peer
   */
  public static void requireStructure(X509Certificate certificate, TimeInterval time) {
    evidence(certificate);
    if (!P256.isKey(certificate.getPublicKey())) {
      throw refused("its key is not of P-256");
    }
    if (certificate.hasUnsupportedCriticalExtension()) {
      throw refused("it has an unknown critical extension");
    }
    if (!time.isSurelyNotBefore(certificate.getNotBefore().toInstant())
        || !time.isSurelyNotAfter(certificate.getNotAfter().toInstant())) {
      throw refused(
          "it holds from %s to %s"
              .formatted(
                  certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant()));
    }
  }

  /**
   * The evidence that a certificate carries, not verified.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED} if there is none, more than one, one of a
   *     kind that is not ours, or one that cannot be read
   */
  public static Evidence evidence(X509Certificate certificate) {
    List<String> found = evidenceExtensions(certificate);
    if (found.isEmpty()) {
      throw refused("it carries no evidence, in none of the forms that are known");
    }
    if (!found.equals(List.of(EVIDENCE_OID))) {
      throw refused(
          "expected the one evidence extension %s, found %s".formatted(EVIDENCE_OID, found));
    }
    byte[] wrapped = certificate.getExtensionValue(EVIDENCE_OID);
    if (wrapped.length > CERTIFICATE_SIZE_MAX) {
      throw refused("%d bytes of evidence".formatted(wrapped.length));
    }
    try {
      return Evidence.decode(ASN1OctetString.getInstance(wrapped).getOctets());
    } catch (IllegalArgumentException | TeexException e) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED, "certificate: %s".formatted(e.getMessage()), e);
    }
  }

  /**
   * What Gramine, dstack or others put into a certificate, not verified; empty if there is nothing,
   * or TEEX's own. Only for looking at it: channels take evidence in our own form alone.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED} if there is evidence that cannot be read, in
   *     a form that is not known, or in several forms
   */
  public static Optional<ForeignEvidence> foreign(X509Certificate certificate) {
    return ForeignCertificate.read(certificate, evidenceExtensions(certificate));
  }

  private static List<String> evidenceExtensions(X509Certificate certificate) {
    return EVIDENCE_OIDS.stream()
        .filter(oid -> certificate.getExtensionValue(oid) != null)
        .toList();
  }

  private static TeexException refused(String what) {
    return new TeexException(ErrorCode.ATTESTATION_REFUSED, "certificate: " + what);
  }
}
