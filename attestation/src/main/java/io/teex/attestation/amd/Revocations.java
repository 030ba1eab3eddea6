package io.teex.attestation.amd;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.Recent;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The list of authorities that a root has revoked. VEKs are in none: they have no number. */
final class Revocations {
  private static final String CHECK = "vek-crl";
  private static final int REMEMBERED_MAX = 64;

  private final Recent<Bytes32, X509CRL> known = new Recent<>(REMEMBERED_MAX);

  /**
   * Judges authorities by their root's list, if there is one.
   *
   * @param issuers the root last; none if nobody vouches for a list
   */
  void check(
      Collateral collateral, List<X509Certificate> issuers, TimeInterval time, Checks checks) {
    Optional<Bytes> document = collateral.find(CollateralName.VEK_CRL);
    if (document.isEmpty() || issuers.isEmpty()) {
      return;
    }
    X509Certificate root = issuers.getLast();
    Optional<X509CRL> signed;
    try {
      signed = signed(document.get(), root);
    } catch (GeneralSecurityException e) {
      checks.fail(CHECK, Reason.MALFORMED, "revocation list: " + e.getMessage());
      return;
    }
    if (signed.isEmpty()) {
      checks.fail(
          CHECK,
          Reason.COLLATERAL_SIGNATURE_INVALID,
          "the revocation list is not signed by " + root.getSubjectX500Principal());
      return;
    }
    X509CRL list = signed.get();
    if (isCurrent(list, time, checks)) {
      checks.require(
          issuers.stream().noneMatch(list::isRevoked),
          CHECK,
          Reason.CERTIFICATE_REVOKED,
          () -> "the root has revoked the issuer of the VEK");
    }
  }

  private static boolean isCurrent(X509CRL list, TimeInterval time, Checks checks) {
    if (!time.isSurelyNotBefore(list.getThisUpdate().toInstant())) {
      checks.fail(
          CHECK,
          Reason.COLLATERAL_NOT_YET_VALID,
          "the revocation list is of " + list.getThisUpdate().toInstant());
      return false;
    }
    if (list.getNextUpdate() == null || !time.isSurelyNotAfter(list.getNextUpdate().toInstant())) {
      checks.fail(
          CHECK, Reason.CRL_EXPIRED, "the revocation list held until " + list.getNextUpdate());
      return false;
    }
    return true;
  }

  private Optional<X509CRL> signed(Bytes document, X509Certificate root)
      throws GeneralSecurityException {
    Bytes32 digest = digest(document, root);
    Optional<X509CRL> remembered = known.find(digest);
    if (remembered.isPresent()) {
      return remembered;
    }
    X509CRL list = parse(document);
    boolean holds =
        list.getIssuerX500Principal().equals(root.getSubjectX500Principal())
            && RsaPss.signed(root.getPublicKey(), list);
    if (!holds) {
      return Optional.empty();
    }
    known.put(digest, list);
    return Optional.of(list);
  }

  private static Bytes32 digest(Bytes document, X509Certificate root)
      throws CertificateEncodingException {
    return Sha256.hash(Sha256.hash(root.getEncoded()).value().copy(), document.copy());
  }

  private static X509CRL parse(Bytes document) throws GeneralSecurityException {
    X509CRL list = X509.crl(document);
    if (list.hasUnsupportedCriticalExtension()) {
      throw new CRLException("an unknown critical extension");
    }
    return list;
  }
}
