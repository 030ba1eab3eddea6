package io.teex.attestation;

import io.teex.protocol.TeeKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Asks of one {@link MeasurementRule} whether only one program can satisfy it. */
final class RuleLint {
  private final MeasurementRule rule;
  private final String key;
  private final List<PolicyFinding> findings = new ArrayList<>();

  private RuleLint(MeasurementRule rule, String key) {
    this.rule = rule;
    this.key = key;
  }

  static List<PolicyFinding> check(MeasurementRule rule, String key, Set<TeeKind> kinds) {
    RuleLint lint = new RuleLint(rule, key);
    if (!kinds.contains(rule.kind())) {
      lint.warning(
          "the policy accepts no %s, so the rule never applies".formatted(rule.kind()),
          "name the kind in kinds, or remove the rule");
    }
    switch (rule.kind()) {
      case SIMULATED -> {}
      case SGX -> lint.sgx();
      case TDX -> lint.tdx();
      case SNP -> lint.snp();
      case NITRO -> lint.nitro();
    }
    return lint.findings;
  }

  private void sgx() {
    if (names("mrenclave")) {
      return;
    }
    if (!names("mrsigner")) {
      error("any enclave of any signer satisfies it", "name mrenclave, or mrsigner and isvprodid");
      return;
    }
    if (!names("isvprodid")) {
      error("any product of the signer satisfies it", "name isvprodid");
    }
    if (!rule.minimums().containsKey("isvsvn") && !names("isvsvn")) {
      warning(
          "every old version of the enclave stays accepted, with the faults it had",
          "name isvsvnMin and raise it with every fix");
    }
  }

  private void tdx() {
    boolean events = rule.equal().keySet().stream().anyMatch(name -> name.startsWith("event."));
    if (!names("mrtd")) {
      error(
          "any firmware satisfies it, and the firmware measures all that comes after it",
          "name mrtd");
    }
    if (!names("rtmr1") || !names("rtmr2")) {
      error(
          events
              ? "any kernel satisfies it, and any kernel can write the events it wants"
              : "any kernel or command line satisfies it",
          "name rtmr1 and rtmr2");
    }
    if (!names("rtmr0")) {
      warning("any configuration of the firmware satisfies it", "name rtmr0 for each machine size");
    }
    if (!names("rtmr3") && !events) {
      warning(
          "what the kernel started is known only if the initial RAM disk holds all of it",
          "name rtmr3, or an event such as event.compose-hash");
    }
  }

  private void snp() {
    if (!names("measurement") && !names("id_key")) {
      error("any guest satisfies it", "name measurement");
      return;
    }
    if (!names("measurement") && !rule.minimums().containsKey("guest_svn")) {
      warning(
          "every old image that the id key signed stays accepted",
          "name guest_svnMin and raise it with every fix");
    }
    if (names("measurement") && !names("host_data") && !names("id_key")) {
      warning(
          "MEASUREMENT is the initial memory: it holds the kernel only if that was hashed into it",
          "name host_data or id_key, or make sure of it");
    }
  }

  private void nitro() {
    if (!names("pcrs.0") && !names("pcrs.8")) {
      error("any enclave image satisfies it", "name pcrs.0, pcrs.1 and pcrs.2, or pcrs.8");
      return;
    }
    if (names("pcrs.0") && !(names("pcrs.1") && names("pcrs.2"))) {
      warning("kernel and application are known through the image only", "name pcrs.1 and pcrs.2");
    }
    if (!names("pcrs.0")) {
      warning("every old image of the signer stays accepted", "name pcrs.0 where you can");
    }
  }

  private boolean names(String field) {
    return rule.equal().containsKey(field);
  }

  private void error(String why, String advice) {
    findings.add(PolicyFinding.error(key, why, advice));
  }

  private void warning(String why, String advice) {
    findings.add(PolicyFinding.warning(key, why, advice));
  }
}
