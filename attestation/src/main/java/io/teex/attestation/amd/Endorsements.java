package io.teex.attestation.amd;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.Recent;
import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the chain of VEKs: VCEK to ASK, or VLEK to ASVK, to the ARK of their product. A chain of
 * built-in authorities is remembered by the VEK's bytes; its validity is judged anew each time.
 */
final class Endorsements {
  private static final String CHECK = "vek";
  private static final int REMEMBERED_MAX = 1_024;
  private static final int AUTHORITIES_MAX = 4;
  private static final boolean[] NO_KEY_USAGE = new boolean[9];
  private static final int KEY_CERT_SIGN = 5;

  private final Supplier<AmdRoots> roots;
  private final Recent<Bytes32, Endorsement> known = new Recent<>(REMEMBERED_MAX);

  Endorsements(Supplier<AmdRoots> roots) {
    this.roots = roots;
  }

  /** The VEK among the collateral; null, after a failed check, if there is none to judge by. */
  @Nullable Endorsement find(Collateral collateral, Checks checks) {
    Optional<Bytes> document = collateral.find(CollateralName.VEK);
    if (document.isEmpty()) {
      checks.fail(
          CHECK,
          Reason.COLLATERAL_MISSING,
          "the platform's VCEK or VLEK is missing; AMD's KDS has it by chip and TCB");
      return null;
    }
    Bytes issuers = collateral.find(CollateralName.VEK_ISSUER_CHAIN).orElse(Bytes.EMPTY);
    try {
      Endorsement endorsement = find(document.get(), issuers);
      checks.pass(CHECK);
      return endorsement;
    } catch (CertificateException | IllegalArgumentException e) {
      checks.fail(CHECK, Reason.CERTIFICATE_INVALID, "VEK: " + e.getMessage());
      return null;
    }
  }

  /**
   * @param issuers other authorities than the built-in ones, trusted as far as a root signed them;
   *     may be empty
   */
  private Endorsement find(Bytes document, Bytes issuers) throws CertificateException {
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
        issuers.isEmpty() ? List.of() : X509.certificates(issuers, AUTHORITIES_MAX);
    return new Endorsement(
        vek, authority(vek, others, root).map(found -> List.of(found, root)).orElse(List.of()));
  }

  private static Vek vek(Bytes document) throws CertificateException {
    List<X509Certificate> certificates = X509.certificates(document, 1);
    if (certificates.isEmpty()) {
      throw new CertificateException("no certificate");
    }
    return Vek.of(certificates.getFirst());
  }

  private static Optional<X509Certificate> authority(
      Vek vek, List<X509Certificate> candidates, X509Certificate root) {
    return candidates.stream()
        .filter(candidate ->
            candidate.getSubjectX500Principal().equals(vek.certificate().getIssuerX500Principal())
                && !vek.certificate().hasUnsupportedCriticalExtension()
                && isAuthority(candidate, vek.issuerName(), root)
                && RsaPss.signed(candidate.getPublicKey(), vek.certificate()))
        .findFirst();
  }

  /** Whether the root made this one an issuer of VEKs under this name. */
  static boolean isAuthority(X509Certificate candidate, String name, X509Certificate root) {
    boolean[] usage = Optional.ofNullable(candidate.getKeyUsage()).orElse(NO_KEY_USAGE);
    return X509.commonName(candidate.getSubjectX500Principal()).equals(name)
        && candidate.getBasicConstraints() >= 0
        && usage[KEY_CERT_SIGN]
        && !candidate.hasUnsupportedCriticalExtension()
        && candidate.getIssuerX500Principal().equals(root.getSubjectX500Principal())
        && RsaPss.signed(root.getPublicKey(), candidate);
  }
}
