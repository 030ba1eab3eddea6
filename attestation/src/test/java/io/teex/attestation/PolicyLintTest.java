package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PolicyLintTest {
  private static final String MEASUREMENT = "bb".repeat(48);
  private static final String HASH = "aa".repeat(32);

  /** Nothing to say about it. */
  private static final String GOOD =
      """
      {
        "version": 2, "name": "production", "kinds": ["sgx", "tdx", "snp", "nitro"],
        "measurements": {
          "manager": [{"kind": "tdx", "mrtd": "BBBB", "rtmr0": "BBBB", "rtmr1": "BBBB", "rtmr2": "BBBB", "rtmr3": "BBBB"}],
          "store": [{"kind": "sgx", "mrsigner": "AAAA", "isvprodid": 1, "isvsvnMin": 3}],
          "dispatcher": [{"kind": "snp", "measurement": "BBBB", "host_data": "AAAA"}],
          "worker": [{"kind": "nitro", "pcrs.0": "BBBB", "pcrs.1": "BBBB", "pcrs.2": "BBBB"}]
        },
        "tcb": {"statuses": ["UpToDate"], "advisories": [], "graceDays": 30, "evaluationNumberMin": 17},
        "sgx": {"provisionKey": false},
        "tdx": {"septVeDisable": true, "attributesMax": "0000005000000000", "xfamMax": "e702060000000000",
                "mrSeams": [], "teeTcbSvnMin": "00000000000000000000000000000000"},
        "snp": {"tcbMin": {"Milan": {"snp": 8}, "Genoa": {"snp": 8}, "Turin": {"snp": 1}}, "guestSvnMin": 0,
                "vmpls": [0], "smt": false, "migrateMa": false, "vlek": false}
      }
      """
          .replace("BBBB", MEASUREMENT)
          .replace("AAAA", HASH);

  @Test
  void hasNothingToSayOfAGoodPolicy() {
    assertThat(PolicyLint.check(Policy.parse(GOOD))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'rtmr1': 'BBBB', | '' | ERROR | measurements.manager[0] | any kernel or command line",
        "'rtmr2': 'BBBB', 'rtmr3': 'BBBB' | 'event.compose-hash': '00' | ERROR | measurements.manager[0] | any kernel can write the events",
        "'mrtd': 'BBBB', | '' | ERROR | measurements.manager[0] | any firmware",
        "'rtmr0': 'BBBB', | '' | WARNING | measurements.manager[0] | configuration of the firmware",
        "', 'rtmr3': 'BBBB' | ' | WARNING | measurements.manager[0] | what the kernel started",
        ", 'isvsvnMin': 3 | '' | WARNING | measurements.store[0] | every old version",
        "'isvprodid': 1, | '' | ERROR | measurements.store[0] | any product",
        "'mrsigner': 'AAAA', | '' | ERROR | measurements.store[0] | any enclave",
        ", 'host_data': 'AAAA' | '' | WARNING | measurements.dispatcher[0] | hashed into it",
        "'measurement': 'BBBB', | '' | ERROR | measurements.dispatcher[0] | any guest",
        "'measurement': 'BBBB', 'host_data': 'AAAA' | 'id_key': 'BBBB' | WARNING | measurements.dispatcher[0] | old image",
        "'pcrs.1': 'BBBB', | '' | WARNING | measurements.worker[0] | through the image",
        "'pcrs.0': 'BBBB', | '' | ERROR | measurements.worker[0] | any enclave image",
        "'pcrs.0': 'BBBB' | 'pcrs.8': 'BBBB' | WARNING | measurements.worker[0] | old image of the signer",
        "['sgx', | [ | WARNING | measurements.store[0] | the rule never applies",
        "'worker': [{'kind': 'nitro', 'pcrs.0': 'BBBB', 'pcrs.1': 'BBBB', 'pcrs.2': 'BBBB'}] | 'worker': [] | WARNING | measurements.worker | no code may act",
        "['sgx', | ['sgx', 'simulated', | ERROR | kinds | protect nothing",
        "'version': 2, | 'version': 2, 'simulatedRoots': ['AAAA'], | WARNING | simulatedRoots | not accepted",
        "['UpToDate'] | [] | WARNING | tcb.statuses | no hardware is accepted",
        "['UpToDate'], 'advisories': [] | ['SWHardeningNeeded'], 'advisories': ['INTEL-SA-00615'] | WARNING | tcb.statuses | once it is brought up to date",
        "['UpToDate'], 'advisories': [], 'graceDays': 30 | ['UpToDate', 'OutOfDate'], 'advisories': [], 'graceDays': 0 | ERROR | tcb.statuses | in a time of grace only",
        "'advisories': [] | 'advisories': ['INTEL-SA-00615'] | WARNING | tcb.advisories | no status that comes with them",
        "['UpToDate'], 'advisories': [] | ['UpToDate', 'SWHardeningNeeded'], 'advisories': [] | WARNING | tcb.advisories | only without an advisory",
        "['UpToDate'], 'advisories': [] | ['UpToDate', 'SWHardeningNeeded'], 'advisories': ['INTEL-SA-615'] | WARNING | tcb.advisories | INTEL-SA-615 looks like no advisory",
        "'graceDays': 30 | 'graceDays': 91 | WARNING | tcb.graceDays | 91 days",
        "'provisionKey': false | 'provisionKey': true | WARNING | sgx.provisionKey | follows a machine",
        "'septVeDisable': true | 'septVeDisable': false | WARNING | tdx.septVeDisable | interrupt the guest",
        "'0000005000000000' | '0000007000000000' | WARNING | tdx.attributesMax | migratable",
        "'0000005000000000' | '0100005000000000' | WARNING | tdx.attributesMax | debugging",
        "'vmpls': [0] | 'vmpls': [0, 1] | WARNING | snp.vmpls | above VMPL 0",
        "'vmpls': [0] | 'vmpls': [] | WARNING | snp.vmpls | no SNP guest",
        "'smt': false | 'smt': true | WARNING | snp.smt | share a core",
        "'migrateMa': false | 'migrateMa': true | WARNING | snp.migrateMa | elsewhere",
        "'vlek': false | 'vlek': true | WARNING | snp.vlek | one machine from another",
        "'Milan': {'snp': 8}, | '' | WARNING | snp.tcbMin.Milan | old firmware",
      },
      quoteCharacter = '~')
  void saysWhatItLetsIn(String from, String to, String severity, String key, String why) {
    String changed = GOOD.replace(text(from), to.equals("''") ? "" : text(to));
    if (changed.contains("\"simulated\"")) {
      changed = changed.replace("\"version\": 2,", "\"version\": 2, \"simulatedRoots\": [],");
    }

    List<PolicyFinding> findings = PolicyLint.check(Policy.parse(changed));

    assertThat(changed).isNotEqualTo(GOOD);
    assertThat(findings)
        .anySatisfy(finding -> {
          assertThat(finding.severity()).hasToString(severity);
          assertThat(finding.key()).isEqualTo(key);
          assertThat(finding.why()).contains(why);
          assertThat(finding.advice()).isNotBlank();
        });
  }

  private static String text(String csv) {
    return csv.replace('\'', '"').replace("BBBB", MEASUREMENT).replace("AAAA", HASH);
  }

  @Test
  void aDevelopmentMarketGetsAWarningAndNoError() {
    Policy policy = Policy.simulated("dev", Set.of(), Map.of());

    List<PolicyFinding> findings = PolicyLint.check(policy);

    assertThat(findings)
        .extracting(PolicyFinding::key)
        .contains("kinds", "simulatedRoots", "measurements.store");
    assertThat(findings).noneMatch(PolicyFinding::isError);
  }

  @Test
  void errorsComeFirst() {
    Policy policy =
        Policy.parse(GOOD.replace("\"isvprodid\": 1, \"isvsvnMin\": 3", "\"isvsvn\": 1"));

    assertThat(PolicyLint.check(policy).getFirst().isError()).isTrue();
    assertThat(PolicyLint.check(Policy.refuseAll())).noneMatch(PolicyFinding::isError);
    assertThat(PolicyLint.check(Policy.strict())).noneMatch(PolicyFinding::isError);
    assertThat(policy.measurements(Role.STORE))
        .contains(
            new MeasurementRule(
                io.teex.protocol.TeeKind.SGX, Map.of("mrsigner", HASH, "isvsvn", 1L), Map.of()));
    assertThat(Set.copyOf(PolicyLint.check(policy))).hasSize(PolicyLint.check(policy).size());
  }
}
