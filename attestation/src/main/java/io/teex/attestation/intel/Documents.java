package io.teex.attestation.intel;

import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import java.math.BigInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Intel's documents as one verification asks for them, with or without a quote: of each is recorded
 * whether it is authentic, whether it is current, and whether its signer was revoked.
 */
final class Documents {
  private final Endorsements endorsements;
  private final Collateral collateral;
  private final TimeInterval time;
  private final Proof proof;
  private Window window = Window.ALWAYS;

  Documents(Endorsements endorsements, Collateral collateral, TimeInterval time, Proof proof) {
    this.endorsements = endorsements;
    this.collateral = collateral;
    this.time = time;
    this.proof = proof;
  }

  /** From when to when all hold that were asked for. */
  Window window() {
    return window;
  }

  @Nullable Crl rootCrl() {
    return current(CollateralName.ROOT_CA_CRL, () -> endorsements.rootCrl(collateral), Crl::window);
  }

  @Nullable Crl pckCrl(PckAuthority issuer) {
    return current(
        CollateralName.PCK_CRL,
        () -> endorsements.pckCrl(collateral, issuer.certificate()),
        Crl::window);
  }

  /** The authority whose chain comes along with the PCK CRL. */
  @Nullable PckAuthority pckCrlIssuer() {
    PckAuthority issuer =
        proof.attempt(
            CollateralName.PCK_CRL_ISSUER_CHAIN, () -> endorsements.pckCrlIssuer(collateral));
    if (issuer != null) {
      requireValid("pck-crl-issuer-validity", "chain of the PCK CRL", issuer.window());
    }
    return issuer;
  }

  @Nullable SignedDocument<TcbInfo> tcbInfo() {
    return current(
        CollateralName.TCB_INFO, () -> endorsements.tcbInfo(collateral), SignedDocument::window);
  }

  @Nullable SignedDocument<QeIdentity> qeIdentity() {
    return current(
        CollateralName.QE_IDENTITY,
        () -> endorsements.qeIdentity(collateral),
        SignedDocument::window);
  }

  /**
   * A part of the collateral that is authentic, and recorded whether it is current. Whichever part
   * is stale, revocation lists and signers included, what helps is to fetch the collateral again:
   * so they share one reason, and the check names the part.
   */
  private <T> @Nullable T current(String name, Proof.Step<T> step, Function<T, Window> windowOf) {
    T part = proof.attempt(name, step);
    if (part != null) {
      Window holds = windowOf.apply(part);
      window = window.and(holds);
      proof.require(
          time.isSurelyNotBefore(holds.from()),
          name + "-begun",
          Reason.COLLATERAL_NOT_YET_VALID,
          () -> "%s holds from %s, the time is %s".formatted(name, holds.from(), time));
      proof.require(
          time.isSurelyNotAfter(holds.to()),
          name + "-current",
          Reason.COLLATERAL_EXPIRED,
          () -> "%s holds to %s, the time is %s".formatted(name, holds.to(), time));
    }
    return part;
  }

  /** That certificates hold now. */
  void requireValid(String name, String what, Window holds) {
    window = window.and(holds);
    proof.require(
        time.isSurelyNotBefore(holds.from()) && time.isSurelyNotAfter(holds.to()),
        name,
        Reason.CERTIFICATE_EXPIRED,
        () ->
            "the %s holds from %s to %s, the time is %s"
                .formatted(what, holds.from(), holds.to(), time));
  }

  /** That the root has not revoked the authority that issues PCK certificates. */
  void requireNotRevoked(@Nullable Crl rootCrl, @Nullable PckAuthority issuer) {
    if (issuer != null) {
      requireNotRevoked("pck-issuer-revocation", rootCrl, issuer.certificate().getSerialNumber());
    }
  }

  /** That the root has not revoked the signer of a document. */
  void requireNotRevoked(String name, @Nullable Crl rootCrl, @Nullable SignedDocument<?> document) {
    if (document != null) {
      requireNotRevoked(name + "-signer-revocation", rootCrl, document.signerSerial());
    }
  }

  void requireNotRevoked(String name, @Nullable Crl crl, BigInteger serial) {
    if (crl != null) {
      proof.require(
          !crl.revoked().contains(serial),
          name,
          Reason.CERTIFICATE_REVOKED,
          () -> "%s has revoked the certificate 0x%s".formatted(crl.issuer(), serial.toString(16)));
    }
  }
}
