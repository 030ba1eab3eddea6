package io.teex.attestation;

import io.teex.protocol.Bytes;
import io.teex.protocol.Role;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Looks for what a policy lets in that its author can hardly mean. */
public final class PolicyLint {
  /** Makers give themselves about as long between an update and the recovery that requires it. */
  static final Duration GRACE_MAX = Duration.ofDays(90);

  private static final Pattern ADVISORY =
      Pattern.compile("INTEL-(SA|DOC)-\\d{5}|AMD-S[BN]-\\d{4,5}|CVE-\\d{4}-\\d{4,}");

  /** PKS, the one attribute beside SEPT_VE_DISABLE that takes nothing from the guest. */
  private static final Bytes USUAL_ATTRIBUTES = Bytes.fromHex("0000005000000000");

  private final Policy policy;
  private final List<PolicyFinding> findings = new ArrayList<>();

  private PolicyLint(Policy policy) {
    this.policy = policy;
  }

  /** What was found, errors first; empty for a policy that says what it should. */
  public static List<PolicyFinding> check(Policy policy) {
    PolicyLint lint = new PolicyLint(policy);
    lint.kinds();
    lint.measurements();
    if (policy.kinds().stream().anyMatch(kind -> kind != TeeKind.SIMULATED)) {
      lint.tcb(policy.platforms().tcb());
    }
    if (policy.accepts(TeeKind.SGX)) {
      lint.sgx(policy.platforms().sgx());
    }
    if (policy.accepts(TeeKind.TDX)) {
      lint.tdx(policy.platforms().tdx());
    }
    if (policy.accepts(TeeKind.SNP)) {
      lint.snp(policy.platforms().snp());
    }
    return lint.findings.stream().sorted(Comparator.comparing(PolicyFinding::severity)).toList();
  }

  private void kinds() {
    if (policy.kinds().isEmpty()) {
      warning("kinds", "nothing is accepted at all", "name the kinds of TEEs that you mean");
    }
    if (policy.acceptSimulated()) {
      if (policy.kinds().size() > 1) {
        error(
            "kinds",
            "simulated TEEs protect nothing, and stand beside hardware that does",
            "keep two policies, one for development and one for hardware");
      } else {
        warning(
            "kinds",
            "simulated TEEs protect nothing: this is a policy for development",
            "name hardware before there is a secret");
      }
      if (policy.simulatedRoots().isEmpty()) {
        warning(
            "simulatedRoots",
            "no simulated platform is named, so none is accepted",
            "name the roots that you mean");
      }
    } else if (!policy.simulatedRoots().isEmpty()) {
      warning(
          "simulatedRoots",
          "roots of simulated platforms are named, and simulated TEEs are not accepted",
          "remove them");
    }
  }

  private void measurements() {
    for (Role role : Role.values()) {
      String key = "measurements." + PolicyFile.key(role);
      List<MeasurementRule> rules = PolicyFile.sorted(policy.measurements(role));
      if (rules.isEmpty()) {
        warning(key, "no code may act in this role", "name its measurements, if you meet it");
      }
      for (int i = 0; i < rules.size(); i++) {
        findings.addAll(RuleLint.check(rules.get(i), "%s[%d]".formatted(key, i), policy.kinds()));
      }
    }
  }

  private void tcb(TcbPolicy tcb) {
    String statuses = "tcb.statuses";
    if (tcb.statuses().isEmpty()) {
      warning(statuses, "no hardware is accepted", "name UpToDate at least");
    } else if (!tcb.statuses().contains(TcbStatus.UP_TO_DATE)) {
      warning(statuses, "a platform is refused once it is brought up to date", "name UpToDate");
    }
    if (tcb.statuses().stream().anyMatch(TcbStatus::isOutOfDate) && tcb.grace().isZero()) {
      error(
          statuses,
          "OutOfDate is accepted in a time of grace only, and there is none",
          "give graceDays to update in, or remove OutOfDate");
    }
    boolean onlyUpToDate =
        tcb.statuses().stream()
            .allMatch(status -> status == TcbStatus.UP_TO_DATE || status.isOutOfDate());
    if (onlyUpToDate && !tcb.advisories().isEmpty()) {
      warning(
          "tcb.advisories",
          "weaknesses are accepted, but no status that comes with them",
          "name SWHardeningNeeded or ConfigurationNeeded too, or remove the advisories");
    }
    if (!onlyUpToDate && tcb.advisories().isEmpty()) {
      warning(
          "tcb.advisories",
          "platforms that need hardening are accepted only without an advisory, which is rare",
          "name the advisories that your code is hardened against");
    }
    for (String advisory : tcb.advisories()) {
      if (!ADVISORY.matcher(advisory).matches()) {
        warning(
            "tcb.advisories",
            "%s looks like no advisory, so it may be a typing error".formatted(advisory),
            "write it as the maker does, such as INTEL-SA-00615");
      }
    }
    if (tcb.grace().compareTo(GRACE_MAX) > 0) {
      warning(
          "tcb.graceDays",
          "faults stay open for %d days after their fix".formatted(tcb.grace().toDays()),
          "take %d days at most".formatted(GRACE_MAX.toDays()));
    }
  }

  private void sgx(SgxPolicy sgx) {
    if (sgx.provisionKey()) {
      warning(
          "sgx.provisionKey",
          "enclaves may hold the provisioning key, which follows a machine through its owners",
          "write false unless your enclave needs it");
    }
  }

  private void tdx(TdxPolicy tdx) {
    if (!tdx.septVeDisable()) {
      warning(
          "tdx.septVeDisable",
          "the host can interrupt the guest at any access to memory and make it leak",
          "write true; some clouds' paravisors cannot");
    }
    Bytes attributes = tdx.attributesMax();
    if ((attributes.at(0) & 0xff) != 0 && !isAll(attributes)) {
      warning(
          "tdx.attributesMax",
          "bits 0 to 7 are debugging and never accepted, whatever stands here",
          "write 00 for the first byte");
    }
    for (int i = 1; i < attributes.size(); i++) {
      if ((attributes.at(i) & ~USUAL_ATTRIBUTES.at(i) & 0xff) != 0) {
        warning(
            "tdx.attributesMax",
            "guests may be migratable or open to performance monitoring",
            "write %s unless you want that".formatted(USUAL_ATTRIBUTES.toHex()));
        break;
      }
    }
  }

  private static boolean isAll(Bytes attributes) {
    return attributes.toHex().matches("f+");
  }

  private void snp(SnpPolicy snp) {
    if (snp.vmpls().isEmpty()) {
      warning("snp.vmpls", "no SNP guest is accepted", "name 0 at least");
    }
    if (snp.vmpls().stream().anyMatch(level -> level > 0)) {
      warning(
          "snp.vmpls",
          "evidence made above VMPL 0 is accepted: software at a lower level is trusted as well",
          "write [0] unless a paravisor that you measured runs there");
    }
    if (snp.smt()) {
      warning(
          "snp.smt",
          "another guest can share a core, and with it what caches give away",
          "write false where the provider can switch SMT off");
    }
    if (snp.migrateMa()) {
      warning(
          "snp.migrateMa",
          "a migration agent can take the guest's memory elsewhere",
          "write false unless you measured the agent");
    }
    if (snp.vlek()) {
      warning(
          "snp.vlek",
          "evidence under a provider's key does not tell one machine from another",
          "write false where the provider offers VCEK");
    }
    for (String product : SnpPolicy.PRODUCTS) {
      Map<String, Integer> least = snp.tcbMin().getOrDefault(product, Map.of());
      if (least.isEmpty()) {
        warning(
            "snp.tcbMin." + product,
            "every old firmware of %s is accepted: AMD says of none that it is out of date"
                .formatted(product),
            "name the versions of its latest bulletin");
      }
    }
  }

  private void error(String key, String why, String advice) {
    findings.add(PolicyFinding.error(key, why, advice));
  }

  private void warning(String key, String why, String advice) {
    findings.add(PolicyFinding.warning(key, why, advice));
  }
}
