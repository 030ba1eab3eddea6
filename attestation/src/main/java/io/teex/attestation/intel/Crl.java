package io.teex.attestation.intel;

import io.teex.attestation.Ecdsa;
import io.teex.attestation.Reason;
import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/** A revocation list whose signature holds: every certificate of its issuer that does not. */
record Crl(X500Principal issuer, Window window, Set<BigInteger> revoked) {
  private static final String DELTA = "2.5.29.27";

  Crl {
    revoked = Set.copyOf(revoked);
  }

  /**
   * @throws Refused {@code MALFORMED} or {@code COLLATERAL_SIGNATURE_INVALID}
   */
  static Crl verify(Bytes der, PublicKey issuer, String what) throws Refused {
    X509CRL crl = parse(der, what);
    if (!isSignedBy(crl, issuer)) {
      throw new Refused(
          Reason.COLLATERAL_SIGNATURE_INVALID,
          "%s of %s is not signed by the issuer that it has to be of"
              .formatted(what, crl.getIssuerX500Principal()));
    }
    // A list for some certificates only, or of changes only, would hide what is revoked elsewhere.
    Set<String> critical = crl.getCriticalExtensionOIDs();
    if ((critical != null && !critical.isEmpty()) || crl.getExtensionValue(DELTA) != null) {
      throw Refused.malformed("%s is not a whole list".formatted(what));
    }
    if (crl.getNextUpdate() == null) {
      throw Refused.malformed("%s does not say until when it holds".formatted(what));
    }
    Set<? extends X509CRLEntry> entries = crl.getRevokedCertificates();
    return new Crl(
        crl.getIssuerX500Principal(),
        new Window(crl.getThisUpdate().toInstant(), crl.getNextUpdate().toInstant()),
        entries == null
            ? Set.of()
            : entries.stream().map(X509CRLEntry::getSerialNumber).collect(Collectors.toSet()));
  }

  private static X509CRL parse(Bytes der, String what) throws Refused {
    try {
      return X509.crl(der);
    } catch (GeneralSecurityException e) {
      throw Refused.malformed("%s: %s".formatted(what, e.getMessage()));
    }
  }

  private static boolean isSignedBy(X509CRL crl, PublicKey issuer) {
    try {
      return crl.getSigAlgOID().equals(X9ObjectIdentifiers.ecdsa_with_SHA256.getId())
          && Ecdsa.P256_SHA256.verifyDer(issuer, crl.getTBSCertList(), crl.getSignature());
    } catch (CRLException e) {
      return false;
    }
  }
}
