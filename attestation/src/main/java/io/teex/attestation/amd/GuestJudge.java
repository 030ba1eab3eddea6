package io.teex.attestation.amd;

import io.teex.attestation.Checks;
import io.teex.attestation.Reason;
import io.teex.attestation.SnpPolicy;
import io.teex.protocol.Bytes;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Judges what a report says of its guest and platform, by a policy. */
final class GuestJudge {
  private static final int PLATFORM_SMT = 1;

  private final SnpReport report;
  private final SnpPolicy policy;
  private final Checks checks;

  GuestJudge(SnpReport report, SnpPolicy policy, Checks checks) {
    this.report = report;
    this.policy = policy;
    this.checks = checks;
  }

  void judgeGuest() {
    long bits = report.policy();
    checks.require(
        !GuestPolicy.DEBUG.isOn(bits),
        "debug",
        Reason.DEBUG_ENABLED,
        () -> "POLICY 0x%x lets the host debug the guest".formatted(bits));
    checks.require(
        GuestPolicy.ONE.isOn(bits),
        "policy",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () -> "POLICY 0x%x lacks bit 17, which is always on".formatted(bits));
    checks.require(
        policy.smt()
            || !(GuestPolicy.SMT.isOn(bits) || (report.platformInfo() & PLATFORM_SMT) != 0),
        "smt",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () -> "the guest may run where SMT is on");
    checks.require(
        policy.migrateMa() || !GuestPolicy.MIGRATE_MA.isOn(bits),
        "migrate-ma",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () -> "a migration agent may take the guest elsewhere");
    checks.require(
        policy.vlek() || report.signingKey() != SnpReport.SIGNED_BY_VLEK,
        "vlek",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () -> "signed by a key of the provider, which names no machine");
    checks.require(
        report.vmpl() <= Integer.MAX_VALUE && policy.vmpls().contains((int) report.vmpl()),
        "vmpl",
        Reason.ATTRIBUTES_NOT_ALLOWED,
        () -> "VMPL %d is not one of %s".formatted(report.vmpl(), policy.vmpls()));
    checks.require(
        report.guestSvn() >= policy.guestSvnMin(),
        "guest-svn",
        Reason.SVN_TOO_LOW,
        () ->
            "GUEST_SVN is %d, at least %d is wanted"
                .formatted(report.guestSvn(), policy.guestSvnMin()));
  }

  /**
   * @param product null if neither report nor certificate tells it, which satisfies no minimum
   * @return whether the platform's firmware is as new as the policy wants
   */
  boolean judgeTcb(@Nullable Product product) {
    boolean ordered =
        checks.require(
            isAtMost(report.reportedTcb(), report.committedTcb())
                && isAtMost(report.committedTcb(), report.currentTcb()),
            "tcb-order",
            Reason.SVN_TOO_LOW,
            () ->
                "REPORTED_TCB %s, COMMITTED_TCB %s and CURRENT_TCB %s do not grow"
                    .formatted(report.reportedTcb(), report.committedTcb(), report.currentTcb()));
    boolean enough =
        checks.require(
            product == null ? policy.tcbMin().isEmpty() : reachesMinimum(product),
            "tcb-min",
            Reason.SVN_TOO_LOW,
            () ->
                "REPORTED_TCB %s and COMMITTED_TCB %s of %s, at least %s is wanted"
                    .formatted(
                        report.reportedTcb(),
                        report.committedTcb(),
                        product == null ? "an unknown product" : product.name(),
                        policy.tcbMin()));
    return ordered && enough;
  }

  private boolean reachesMinimum(Product product) {
    return policy.tcbMin().getOrDefault(product.name(), Map.of()).entrySet().stream()
        .allMatch(least -> reaches(product, least.getKey(), least.getValue()));
  }

  /** Never true of a component that the product does not have. */
  private boolean reaches(Product product, String name, int least) {
    return product.tcb().stream()
        .anyMatch(component ->
            component.name().equals(name)
                && component.of(report.reportedTcb()) >= least
                && component.of(report.committedTcb()) >= least);
  }

  /** Byte by byte: whatever a product's layout, every byte is one component. */
  private static boolean isAtMost(Bytes lower, Bytes upper) {
    for (int i = 0; i < lower.size(); i++) {
      if ((lower.at(i) & 0xff) > (upper.at(i) & 0xff)) {
        return false;
      }
    }
    return true;
  }
}
