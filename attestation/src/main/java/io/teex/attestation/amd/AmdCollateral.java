package io.teex.attestation.amd;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.X509;
import io.teex.protocol.Bytes;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Judges AMD's documents before there is a report to judge by them, with the rules that reports are
 * judged with: whether they lead to the built-in root of their product, hold at the time, and are
 * of nobody whom the root has revoked, as far as its list is among them. Safe for use by several
 * threads.
 */
public final class AmdCollateral {
  private static final int AUTHORITY_AND_ROOT = 2;

  private final Supplier<AmdRoots> roots;
  private final Endorsements endorsements;
  private final Revocations revocations = new Revocations();

  public AmdCollateral() {
    this(AmdRoots::amd);
  }

  AmdCollateral(Supplier<AmdRoots> roots) {
    this.roots = roots;
    this.endorsements = new Endorsements(roots);
  }

  /**
   * The certificate of a chip's key at one TCB level.
   *
   * @param chip as many bytes as the product has
   */
  public void vcek(
      Product product,
      Bytes chip,
      Bytes tcb,
      Collateral collateral,
      TimeInterval time,
      Checks checks) {
    Endorsement endorsement = endorsements.find(collateral, checks);
    if (endorsement == null) {
      return;
    }
    Vek vek = endorsement.vek();
    checks.require(
        vek.kind() == EndorsementKey.VCEK && vek.product().equals(product),
        "product",
        Reason.COLLATERAL_MISMATCH,
        () ->
            "the certificate is of a %s of %s, expected a VCEK of %s"
                .formatted(vek.kind(), vek.product().name(), product.name()));
    checks.require(
        vek.chipId().equals(chip),
        "chip-id",
        Reason.CHIP_ID_MISMATCH,
        () -> "the certificate is of another chip than was asked for");
    checks.require(
        vek.isOfLevel(tcb),
        "vek-tcb",
        Reason.VEK_TCB_MISMATCH,
        () -> "the certificate is of TCB %s, expected %s".formatted(vek.levels(), tcb.toHex()));
    endorsement.check(time, checks);
    revocations.check(collateral, endorsement.issuers(), time, checks);
  }

  /** The authority that issues the certificates of such keys, and its root. */
  public void authority(
      Product product,
      EndorsementKey key,
      Collateral collateral,
      TimeInterval time,
      Checks checks) {
    List<X509Certificate> chain;
    try {
      Bytes document = collateral.find(CollateralName.VEK_ISSUER_CHAIN).orElse(Bytes.EMPTY);
      chain = X509.certificates(document, AUTHORITY_AND_ROOT);
    } catch (CertificateException e) {
      checks.fail("vek-issuers", Reason.CERTIFICATE_INVALID, String.valueOf(e.getMessage()));
      return;
    }
    Optional<X509Certificate> root = root(product, chain, checks);
    if (root.isPresent()) {
      checks.require(
          Endorsements.isAuthority(chain.getFirst(), key.issuerName(product), root.get()),
          "vek-issuer",
          Reason.VEK_CHAIN_INVALID,
          () ->
              "the chain begins with no %s that the root signed"
                  .formatted(key.issuerName(product)));
      checks.require(
          chain.stream().allMatch(certificate -> Endorsement.isValidAt(certificate, time)),
          "validity",
          Reason.CERTIFICATE_EXPIRED,
          () -> "the chain does not hold at %s".formatted(time));
      revocations.check(collateral, List.of(chain.getFirst(), root.get()), time, checks);
    }
  }

  /** The built-in root, if it is the one that ends the chain. */
  private Optional<X509Certificate> root(
      Product product, List<X509Certificate> chain, Checks checks) {
    Optional<X509Certificate> root =
        Optional.ofNullable(roots.get().roots().get(product))
            .filter(known ->
                chain.size() == AUTHORITY_AND_ROOT
                    && chain.getLast().getPublicKey().equals(known.getPublicKey())
                    && RsaPss.signed(known.getPublicKey(), chain.getLast()));
    checks.require(
        root.isPresent(),
        "vek-root",
        Reason.UNTRUSTED_ROOT,
        () ->
            "%d certificates that do not end in the built-in root of %s"
                .formatted(chain.size(), product.name()));
    return root;
  }

  /** The list of whom the root of a product has revoked. */
  public void revocations(
      Product product, Collateral collateral, TimeInterval time, Checks checks) {
    X509Certificate root = roots.get().roots().get(product);
    if (root == null) {
      checks.fail("vek-root", Reason.UNTRUSTED_ROOT, "no root of %s".formatted(product.name()));
    } else {
      revocations.check(collateral, List.of(root), time, checks);
    }
  }
}
