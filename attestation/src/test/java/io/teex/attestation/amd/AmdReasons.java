package io.teex.attestation.amd;

import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One way for each reason that only reports of AMD's are refused for, with nothing else wrong. */
public final class AmdReasons {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private AmdReasons() {}

  public static Map<Reason, List<Check>> all() {
    TestPlatform milan = new TestPlatform(Product.MILAN);
    Bytes report = milan.report(TestPlatform.VCEK);
    byte[] forged = report.copy();
    forged[0x90] ^= 1;
    Bytes otherChip = milan.report(TestPlatform.VCEK, bytes -> bytes.put(0x1a0, (byte) 1));
    Bytes otherTcb = milan.report(TestPlatform.VCEK, bytes -> bytes.put(0x180, (byte) 1));
    Bytes oldList = milan.root.revocations(NOW.minusSeconds(20), NOW.minusSeconds(10));
    SnpAppraiser appraiser = new SnpAppraiser(milan::roots);
    Map<String, Bytes> vcek = Map.of(CollateralName.VEK, milan.vcek());
    return Map.of(
        Reason.REPORT_SIGNATURE_INVALID,
        judged(appraiser, Bytes.of(forged), vcek),
        Reason.CHIP_ID_MISMATCH,
        judged(appraiser, otherChip, vcek),
        Reason.VEK_TCB_MISMATCH,
        judged(appraiser, otherTcb, vcek),
        Reason.VEK_CHAIN_INVALID,
        judged(new SnpAppraiser(milan::rootAlone), report, vcek),
        Reason.CRL_EXPIRED,
        judged(
            appraiser,
            report,
            Map.of(CollateralName.VEK, milan.vcek(), CollateralName.VEK_CRL, oldList)));
  }

  private static List<Check> judged(
      SnpAppraiser appraiser, Bytes report, Map<String, Bytes> documents) {
    Checks checks = new Checks();
    appraiser.appraise(
        report, new Collateral(documents), TimeInterval.at(NOW), Policy.strict(), checks);
    return checks.answers();
  }
}
