package io.teex.attestation.intel;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.TimeInterval;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/**
 * Judges Intel's documents before there is a quote to judge by them, with the rules that quotes are
 * judged with: whether they lead to the built-in root, hold at the time, and are of nobody whom the
 * root has revoked, as far as its list is among them. Safe for use by several threads.
 */
public final class IntelCollateral {
  private final Endorsements endorsements;

  public IntelCollateral() {
    this(IntelRoot.KEY);
  }

  IntelCollateral(PublicKey root) {
    this.endorsements = new Endorsements(root);
  }

  public void rootCrl(Collateral collateral, TimeInterval time, Checks checks) {
    documents(collateral, time, checks).rootCrl();
  }

  /** The PCK CRL with the chain of its issuer. */
  public void pckCrl(Collateral collateral, TimeInterval time, Checks checks) {
    Documents documents = documents(collateral, time, checks);
    PckAuthority issuer = documents.pckCrlIssuer();
    if (issuer != null) {
      documents.pckCrl(issuer);
    }
    documents.requireNotRevoked(rootCrl(collateral, documents), issuer);
  }

  public void tcbInfo(Collateral collateral, TimeInterval time, Checks checks) {
    Documents documents = documents(collateral, time, checks);
    SignedDocument<TcbInfo> tcbInfo = documents.tcbInfo();
    documents.requireNotRevoked(CollateralName.TCB_INFO, rootCrl(collateral, documents), tcbInfo);
  }

  public void qeIdentity(Collateral collateral, TimeInterval time, Checks checks) {
    Documents documents = documents(collateral, time, checks);
    SignedDocument<QeIdentity> qeIdentity = documents.qeIdentity();
    documents.requireNotRevoked(
        CollateralName.QE_IDENTITY, rootCrl(collateral, documents), qeIdentity);
  }

  private Documents documents(Collateral collateral, TimeInterval time, Checks checks) {
    return new Documents(endorsements, collateral, time, new Proof(checks));
  }

  /** Not wanted here: a document without it is as genuine, and who uses it asks for the list. */
  private static @Nullable Crl rootCrl(Collateral collateral, Documents documents) {
    return collateral.find(CollateralName.ROOT_CA_CRL).isPresent() ? documents.rootCrl() : null;
  }
}
