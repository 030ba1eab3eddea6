package io.teex.attestation.intel;

import io.teex.attestation.Collateral;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.EvidenceSource;
import io.teex.attestation.Measurement;
import io.teex.attestation.ReportData;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeeKind;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.Extension;

/**
 * A TDX platform of a maker whom nobody trusts but a test, for the tests of other modules: it
 * vouches for what it is asked to, and has collateral, good until something is wrong with it.
 */
public final class SyntheticPlatform implements EvidenceSource {
  /** When its certificates and documents hold. */
  public static final Instant NOW = FakePlatform.NOW;

  private static final int TDX_1_0 = 4;
  private static final int REPORT_DATA = TdReport.SIZE_1_0 - ReportData.SIZE;
  private static final int PPID_SIZE = 16;

  private final FakePlatform platform = new FakePlatform(TeeKind.TDX, TDX_1_0);

  public SyntheticPlatform() {
    platform.rootCrl = Optional.of(numbered(platform.root));
    platform.pckCrl = Optional.of(numbered(platform.issuer));
  }

  /** As Intel's lists are; the contracts read no others. */
  private static byte[] numbered(FakeAuthority authority, BigInteger... revoked) {
    return authority.crl(
        FakePlatform.WINDOW,
        list -> list.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.ONE)),
        revoked);
  }

  @Override
  public TeeKind kind() {
    return TeeKind.TDX;
  }

  @Override
  public Endorsed endorsed(ReportData reportData) {
    platform.body =
        report -> System.arraycopy(reportData.value().copy(), 0, report, REPORT_DATA, 64);
    return Endorsed.bare(new Evidence(TeeKind.TDX, platform.quote()));
  }

  /** What its maker says of it. */
  public Collateral collateral() {
    return platform.collateral();
  }

  /** x ‖ y of the key that everything leads up to. */
  public Bytes rootKey() {
    return Bytes.of(FakePlatform.point(platform.pinned));
  }

  /** Of what runs on it. */
  public Measurement measurement() {
    return platform.appraise().claims().measurement();
  }

  /** keccak256 of its PPID. */
  public Bytes32 id() {
    byte[] ppid = new byte[PPID_SIZE];
    Arrays.fill(ppid, (byte) 0xab);
    return Keccak.hash(ppid);
  }

  /** Judges documents as Intel's are judged, up to this maker's root. */
  public IntelCollateral judge() {
    return new IntelCollateral(platform.pinned);
  }

  /** From now on its TCB information was over a moment before {@link #NOW}. */
  public void letTcbInfoExpire() {
    platform.tcbInfo =
        text ->
            text.replace(
                "\"nextUpdate\":\"%s\"".formatted(FakePlatform.WINDOW.to()),
                "\"nextUpdate\":\"%s\"".formatted(NOW.minusSeconds(60)));
  }

  /** From now on the list of revoked platforms holds this one. */
  public void revoke() {
    platform.pckCrl = Optional.of(numbered(platform.issuer, FakePlatform.PCK_SERIAL));
  }

  /** From now on it is one patch behind what its maker's documents ask for. */
  public void fallBehind() {
    platform.levels =
        platform.level(6, "2026-01-01", "UpToDate")
            + ","
            + platform.level(5, "2025-01-01", "OutOfDate", "INTEL-SA-00001");
  }
}
