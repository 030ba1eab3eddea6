package io.teex.attestation.intel;

import io.teex.attestation.Checks;
import io.teex.attestation.PlatformPolicy;
import io.teex.attestation.Reason;
import io.teex.attestation.SgxPolicy;
import io.teex.attestation.TdxPolicy;
import io.teex.protocol.Bytes;

/** What a policy says of enclaves and trust domains themselves. */
final class BodyRules {
  /** TDATTRIBUTES 0: debugging, which is a check of its own. */
  private static final Bytes DEBUG = Bytes.fromHex("0100000000000000");

  /** TDATTRIBUTES 1 to 7: other ways in which somebody may look into the domain. */
  private static final Bytes UNDER_DEBUG = Bytes.fromHex("fe00000000000000");

  private BodyRules() {}

  static void judge(QuoteBody body, PlatformPolicy policy, Checks checks) {
    checks.require(
        !body.debug(), "debug", Reason.DEBUG_ENABLED, () -> "the TEE can be debugged from outside");
    switch (body) {
      case SgxReport report -> judge(report, policy.sgx(), checks);
      case TdReport report -> judge(report, policy.tdx(), checks);
    }
  }

  private static void judge(SgxReport report, SgxPolicy policy, Checks checks) {
    checks.require(
        policy.provisionKey() || !report.provisionKey(),
        "provision-key",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () -> "the enclave has the right to the provisioning key");
  }

  private static void judge(TdReport report, TdxPolicy policy, Checks checks) {
    Bytes attributes =
        Bits.andNot(report.tdAttributes(), Bits.andNot(policy.attributesMax(), UNDER_DEBUG));
    checks.require(
        Bits.isZero(Bits.andNot(attributes, DEBUG)),
        "td-attributes",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () ->
            "TDATTRIBUTES %s has bits on that may not be: %s"
                .formatted(report.tdAttributes(), attributes));
    checks.require(
        !policy.septVeDisable() || report.septVeDisable(),
        "sept-ve-disable",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () -> "TDATTRIBUTES %s has SEPT_VE_DISABLE off".formatted(report.tdAttributes()));
    Bytes features = Bits.andNot(report.xfam(), policy.xfamMax());
    checks.require(
        Bits.isZero(features),
        "xfam",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () -> "XFAM %s has bits on that may not be: %s".formatted(report.xfam(), features));
    checks.require(
        policy.mrSeams().isEmpty() || policy.mrSeams().contains(report.mrSeam()),
        "mrseam",
        Reason.TDX_MODULE_MISMATCH,
        () -> "the TDX module %s is none of the accepted ones".formatted(report.mrSeam()));
    checks.require(
        reaches(report.teeTcbSvn(), policy.teeTcbSvnMin()),
        "tee-tcb-svn",
        Reason.SVN_TOO_LOW,
        () ->
            "TEE_TCB_SVN is %s, at least %s is wanted, byte by byte"
                .formatted(report.teeTcbSvn(), policy.teeTcbSvnMin()));
  }

  private static boolean reaches(Bytes svn, Bytes min) {
    for (int i = 0; i < min.size(); i++) {
      if ((svn.at(i) & 0xff) < (min.at(i) & 0xff)) {
        return false;
      }
    }
    return true;
  }
}
