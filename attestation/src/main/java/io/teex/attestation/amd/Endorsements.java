package io.teex.attestation.amd;

import io.teex.attestation.Remembered;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds the chain of VEKs: VCEK to ASK, or VLEK to ASVK, to the ARK of their product. A chain of
 * built-in authorities is remembered by the VEK's bytes; its validity is judged anew each time.
 */
final class Endorsements {
  private static final int AUTHORITIES_MAX = 4;
  private static final boolean[] NO_KEY_USAGE = new boolean[9];
  private static final int KEY_CERT_SIGN = 5;

  private final Supplier<AmdRoots> roots;
  private final Remembered<Endorsement> known = new Remembered<>();

  Endorsements(Supplier<AmdRoots> roots) {
    this.roots = roots;
  }

  /**
   * @param document the VEK
   * @param issuers other authorities than the built-in ones, trusted as far as a root signed them;
   *     may be empty
   * @throws CertificateException if a document holds no certificates of its kind
   */
  Endorsement find(Bytes document, Bytes issuers) throws CertificateException {
    Bytes32 digest = Sha256.hash(document.copy());
    Optional<Endorsement> remembered = known.find(digest);
    if (remembered.isPresent()) {
      return remembered.get();
    }
    Vek vek = vek(document);
    AmdRoots trusted = roots.get();
    X509Certificate root = trusted.roots().get(vek.product());
    if (root == null) {
      return new Endorsement(vek, List.of());
    }
    Optional<X509Certificate> builtIn = authority(vek, trusted.authorities(), root);
    if (builtIn.isPresent()) {
      Endorsement found = new Endorsement(vek, List.of(builtIn.get(), root));
      known.put(digest, found);
      return found;
    }
    List<X509Certificate> others =
        issuers.isEmpty() ? List.of() : PemOrDer.certificates(issuers, AUTHORITIES_MAX);
    return new Endorsement(
        vek, authority(vek, others, root).map(found -> List.of(found, root)).orElse(List.of()));
  }

  private static Vek vek(Bytes document) throws CertificateException {
    List<X509Certificate> certificates = PemOrDer.certificates(document, 1);
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate");
    }
    return Vek.of(certificates.getFirst());
  }

  private static Optional<X509Certificate> authority(
      Vek vek, List<X509Certificate> candidates, X509Certificate root) {
    return candidates.stream()
        .filter(candidate -> mayIssue(candidate, vek))
        .filter(candidate ->
            candidate.getIssuerX500Principal().equals(root.getSubjectX500Principal())
                && RsaPss.signed(root.getPublicKey(), candidate)
                && RsaPss.signed(candidate.getPublicKey(), vek.certificate()))
        .findFirst();
  }

  private static boolean mayIssue(X509Certificate candidate, Vek vek) {
    boolean[] usage = Optional.ofNullable(candidate.getKeyUsage()).orElse(NO_KEY_USAGE);
    return candidate.getSubjectX500Principal().equals(vek.certificate().getIssuerX500Principal())
        && Vek.commonName(candidate).equals(vek.issuerName())
        && candidate.getBasicConstraints() >= 0
        && usage[KEY_CERT_SIGN]
        && !candidate.hasUnsupportedCriticalExtension()
        && !vek.certificate().hasUnsupportedCriticalExtension();
  }
}
