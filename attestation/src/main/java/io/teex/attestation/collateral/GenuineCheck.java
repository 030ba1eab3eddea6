package io.teex.attestation.collateral;

import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.TimeInterval;
import io.teex.attestation.amd.AmdCollateral;
import io.teex.attestation.intel.IntelCollateral;

/**
 * Accepts what the makers of platforms signed, up to their built-in roots, and did not revoke. Safe
 * for use by several threads.
 */
final class GenuineCheck implements CollateralCheck {
  private final IntelCollateral intel;
  private final AmdCollateral amd;

  GenuineCheck() {
    this(new IntelCollateral(), new AmdCollateral());
  }

  GenuineCheck(IntelCollateral intel, AmdCollateral amd) {
    this.intel = intel;
    this.amd = amd;
  }

  @Override
  public void check(Part part, Collateral documents, TimeInterval time, Checks checks) {
    switch (part) {
      case Part.RootCaCrl crl -> intel.rootCrl(documents, time, checks);
      case Part.PckCrl crl -> intel.pckCrl(documents, time, checks);
      case Part.QeIdentity qe -> intel.qeIdentity(documents, time, checks);
      case Part.TcbInfo tcb -> intel.tcbInfo(documents, time, checks);
      case Part.VekCrl crl -> amd.revocations(crl.product(), documents, time, checks);
      case Part.VekChain chain ->
          amd.authority(chain.product(), chain.key(), documents, time, checks);
      case Part.Vcek vcek ->
          amd.vcek(vcek.product(), vcek.chip(), vcek.tcb(), documents, time, checks);
    }
  }
}
