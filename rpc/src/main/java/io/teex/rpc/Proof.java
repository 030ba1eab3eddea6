package io.teex.rpc;

import io.teex.attestation.Endorsed;
import io.teex.attestation.Expected;
import io.teex.attestation.RaTls;
import io.teex.attestation.ReportData;
import io.teex.protocol.Role;
import java.security.cert.X509Certificate;

/**
 * What a peer showed on one connection and what that had to vouch for: all that it takes to judge
 * the peer, now or later.
 *
 * @param fresh its first message; the documents in it are for both of its pieces of evidence
 * @param session what the first message is bound to
 */
record Proof(
    Role role, X509Certificate certificate, Endorsed fresh, ReportData session, String address) {
  /**
   * @param nonce ours, used for nothing else
   * @param exporter of this connection, in the peer's direction
   */
  static Proof of(
      Role role,
      X509Certificate certificate,
      Endorsed fresh,
      byte[] nonce,
      byte[] exporter,
      String address) {
    byte[] key = certificate.getPublicKey().getEncoded();
    return new Proof(role, certificate, fresh, ReportData.of(role, key, nonce, exporter), address);
  }

  Endorsed inCertificate() {
    return new Endorsed(RaTls.evidence(certificate), fresh.collateral());
  }

  Expected ofCertificate() {
    return new Expected(RaTls.binding(certificate, role), role);
  }

  Expected ofSession() {
    return new Expected(session, role);
  }
}
