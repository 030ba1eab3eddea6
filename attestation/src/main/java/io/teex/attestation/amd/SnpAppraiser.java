package io.teex.attestation.amd;

import io.teex.attestation.Appraiser;
import io.teex.attestation.Check;
import io.teex.attestation.Checks;
import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Ecdsa;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.Reason;
import io.teex.attestation.ReportData;
import io.teex.attestation.Tcb;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges reports of SEV-SNP, bare or as Azure wraps them. The certificate of the key that signed
 * the report comes as collateral ({@link CollateralName#VEK}); AMD's authorities are built in.
 *
 * <p>AMD names no level that is good enough, so a platform is up to date if it is genuine and as
 * new as the policy wants ({@link io.teex.attestation.SnpPolicy#tcbMin}). Of one that is not shown
 * to be genuine nothing is known.
 */
public final class SnpAppraiser implements Appraiser {
  private final Endorsements endorsements;
  private final Revocations revocations = new Revocations();

  public SnpAppraiser() {
    this(AmdRoots::amd);
  }

  SnpAppraiser(Supplier<AmdRoots> roots) {
    endorsements = new Endorsements(roots);
  }

  @Override
  public Optional<Claims> appraise(
      Bytes evidence, Collateral collateral, TimeInterval time, Policy policy, Checks checks) {
    HclReport wrapper = null;
    SnpReport report;
    try {
      wrapper = HclReport.isOne(evidence) ? HclReport.parse(evidence) : null;
      report = wrapper == null ? new SnpReport(evidence) : wrapper.report();
    } catch (IllegalArgumentException e) {
      checks.fail("format", Reason.MALFORMED, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    if (!checks.require(
        report.isOfKnownVersion(),
        "format",
        Reason.UNSUPPORTED_VERSION,
        () -> "a report of version %d, not 2, 3 or 5".formatted(report.version()))) {
      return Optional.empty();
    }
    if (wrapper != null) {
      checks.require(
          wrapper.isBound(),
          "runtime-data",
          Reason.REPORT_DATA_MISMATCH,
          () -> "REPORT_DATA does not begin with the SHA-256 of the runtime data");
    }
    Endorsement endorsement = endorsements.find(collateral, checks);
    boolean genuine =
        endorsement != null && isGenuine(report, endorsement, collateral, time, checks);
    GuestJudge judge = new GuestJudge(report, policy.platforms().snp(), checks);
    judge.judgeGuest();
    boolean current =
        judge.judgeTcb(
            endorsement == null ? report.product().orElse(null) : endorsement.vek().product());
    TcbStatus level = current ? TcbStatus.UP_TO_DATE : TcbStatus.OUT_OF_DATE;
    Tcb tcb = Tcb.of(genuine ? level : TcbStatus.UNKNOWN);
    return Optional.of(
        new Claims(
            TeeKind.SNP,
            new Measurement(report.measurement()),
            platformId(report),
            tcb,
            new ReportData(report.reportData()),
            fields(report, wrapper, endorsement)));
  }

  private boolean isGenuine(
      SnpReport report,
      Endorsement endorsement,
      Collateral collateral,
      TimeInterval time,
      Checks checks) {
    int before = checks.answers().size();
    endorsement.check(time, checks);
    revocations.check(collateral, endorsement.issuers(), time, checks);
    checkProduct(report, endorsement.vek(), checks);
    checkSignature(report, endorsement.vek(), checks);
    checkPlatform(report, endorsement.vek(), checks);
    return checks.answers().stream().skip(before).allMatch(Check::passed);
  }

  private static void checkProduct(SnpReport report, Vek vek, Checks checks) {
    checks.require(
        !report.showsCpuid() || report.product().equals(Optional.of(vek.product())),
        "product",
        Reason.VEK_CHAIN_INVALID,
        () ->
            "the VEK is of a %s, the report of a processor with CPUID %s"
                .formatted(vek.productName(), report.cpuid()));
  }

  private static void checkSignature(SnpReport report, Vek vek, Checks checks) {
    checks.require(
        report.signingKey() == vek.kind().signingKey(),
        "signing-key",
        Reason.COLLATERAL_MISMATCH,
        () ->
            "SIGNING_KEY is %d, the certificate that of a %s"
                .formatted(report.signingKey(), vek.kind()));
    checks.require(
        report.signatureAlgorithm() == SnpReport.ECDSA_P384_SHA384,
        "signature-algorithm",
        Reason.UNSUPPORTED_VERSION,
        () ->
            "signature algorithm %d, not %d"
                .formatted(report.signatureAlgorithm(), SnpReport.ECDSA_P384_SHA384));
    checks.require(
        report
            .signature()
            .filter(signature ->
                Ecdsa.P384_SHA384.verify(
                    vek.certificate().getPublicKey(), report.signed().copy(), signature))
            .isPresent(),
        "signature",
        Reason.REPORT_SIGNATURE_INVALID,
        () -> "the key of the VEK did not sign this report");
  }

  private static void checkPlatform(SnpReport report, Vek vek, Checks checks) {
    checks.require(
        vek.isOfLevel(report.reportedTcb()),
        "vek-tcb",
        Reason.VEK_TCB_MISMATCH,
        () ->
            "the VEK is of TCB %s, REPORTED_TCB is %s"
                .formatted(vek.levels(), report.reportedTcb()));
    if (vek.kind() == EndorsementKey.VCEK) {
      checks.require(
          vek.isOfChip(report.chipId()),
          "chip-id",
          Reason.CHIP_ID_MISMATCH,
          () -> "the VEK is of chip %s, CHIP_ID is %s".formatted(vek.chipId(), report.chipId()));
    }
  }

  /** A provider's key and a hidden CHIP_ID tell no machine from another. */
  private static Bytes platformId(SnpReport report) {
    Bytes chipId = report.chipId();
    boolean hidden = chipId.equals(Bytes.of(new byte[chipId.size()]));
    return hidden || report.signingKey() != SnpReport.SIGNED_BY_VCEK ? Bytes.EMPTY : chipId;
  }

  private static Map<String, Object> fields(
      SnpReport report, @Nullable HclReport wrapper, @Nullable Endorsement endorsement) {
    Map<String, Object> fields = SnpFields.of(report);
    if (wrapper != null) {
      fields.put("runtime_data", SnpFields.of(wrapper));
    }
    if (endorsement != null) {
      fields.put("endorsement", SnpFields.of(endorsement));
    }
    return fields;
  }
}
