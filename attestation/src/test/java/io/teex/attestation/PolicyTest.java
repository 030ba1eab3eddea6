package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PolicyTest {
  private static final String ROOT = "aa".repeat(32);
  private static final String MEASUREMENT = "bb".repeat(48);

  /** Every key, with a value that is not the default. */
  static final String FULL =
      """
      {
        "version": 2,
        "name": "production",
        "kinds": ["sgx", "tdx", "snp", "nitro"],
        "simulatedRoots": ["AAAA"],
        "measurements": {
          "manager": [{"kind": "tdx", "mrtd": "0xBBBB", "rtmr0": "BBBB", "rtmr1": "BBBB", "rtmr2": "BBBB",
                       "event.compose-hash": "c0ffee"}],
          "store": [{"kind": "sgx", "mrsigner": "AAAA", "isvprodid": 1, "isvsvnMin": 3}],
          "dispatcher": [{"kind": "snp", "measurement": "BBBB", "host_data": "AAAA", "guest_svnMin": 2}],
          "worker": ["BBBB", {"kind": "nitro", "pcrs.0": "BBBB", "pcrs.1": "BBBB", "pcrs.31": "BBBB"}]
        },
        "tcb": {"statuses": ["UpToDate", "SWHardeningNeeded"], "advisories": ["INTEL-SA-00615"],
                "graceDays": 30, "evaluationNumberMin": 17},
        "sgx": {"provisionKey": true},
        "tdx": {"septVeDisable": true, "attributesMax": "0000005000000000", "xfamMax": "e702060000000000",
                "mrSeams": ["BBBB"], "teeTcbSvnMin": "05010200000000000000000000000000"},
        "snp": {"tcbMin": {"Milan": {"bootloader": 3, "snp": 8}, "Turin": {"fmc": 1}}, "guestSvnMin": 4,
                "vmpls": [0, 2], "smt": false, "migrateMa": true, "vlek": false}
      }
      """
          .replace("AAAA", ROOT)
          .replace("BBBB", MEASUREMENT);

  @TempDir Path directory;

  @Test
  void acceptsNothingByDefault() {
    Policy policy = Policy.refuseAll();

    assertThat(policy.kinds()).isEmpty();
    assertThat(policy.simulatedRoots()).isEmpty();
    for (Role role : Role.values()) {
      assertThat(policy.measurements(role)).isEmpty();
    }
  }

  @Test
  void readsEveryKey() {
    Policy policy = Policy.parse(FULL);

    Bytes bb = Bytes.fromHex(MEASUREMENT);
    assertThat(policy.name()).isEqualTo("production");
    assertThat(policy.kinds())
        .containsExactlyInAnyOrder(TeeKind.SGX, TeeKind.TDX, TeeKind.SNP, TeeKind.NITRO);
    assertThat(policy.simulatedRoots()).hasSize(1);
    assertThat(policy.measurements(Role.MANAGER))
        .containsExactly(
            new MeasurementRule(
                TeeKind.TDX,
                Map.of(
                    "mrtd", MEASUREMENT,
                    "rtmr0", MEASUREMENT,
                    "rtmr1", MEASUREMENT,
                    "rtmr2", MEASUREMENT,
                    "event.compose-hash", "c0ffee"),
                Map.of()));
    assertThat(policy.measurements(Role.STORE))
        .containsExactly(
            new MeasurementRule(
                TeeKind.SGX, Map.of("mrsigner", ROOT, "isvprodid", 1L), Map.of("isvsvn", 3L)));
    assertThat(policy.measurements(Role.DISPATCHER))
        .containsExactly(
            new MeasurementRule(
                TeeKind.SNP,
                Map.of("measurement", MEASUREMENT, "host_data", ROOT),
                Map.of("guest_svn", 2L)));
    assertThat(policy.measurements(Role.WORKER))
        .containsExactlyInAnyOrder(
            MeasurementRule.simulated(new Measurement(bb)),
            new MeasurementRule(
                TeeKind.NITRO,
                Map.of("pcrs.0", MEASUREMENT, "pcrs.1", MEASUREMENT, "pcrs.31", MEASUREMENT),
                Map.of()));
    assertThat(policy.platforms())
        .isEqualTo(
            new PlatformPolicy(
                new TcbPolicy(
                    Set.of(TcbStatus.UP_TO_DATE, TcbStatus.SW_HARDENING_NEEDED),
                    Set.of("INTEL-SA-00615"),
                    Duration.ofDays(30),
                    17),
                new SgxPolicy(true),
                new TdxPolicy(
                    true,
                    Bytes.fromHex("0000005000000000"),
                    Bytes.fromHex("e702060000000000"),
                    Set.of(bb),
                    Bytes.fromHex("05010200000000000000000000000000")),
                new SnpPolicy(
                    Map.of("Milan", Map.of("bootloader", 3, "snp", 8), "Turin", Map.of("fmc", 1)),
                    4,
                    Set.of(0, 2),
                    false,
                    true,
                    false)));
  }

  @Test
  void simulatedIsRefusedWhereItsKindIsNotNamed() {
    Policy policy = Policy.parse("{\"version\":2,\"name\":\"x\",\"kinds\":[],\"measurements\":{}}");

    assertThat(policy.acceptSimulated()).isFalse();
    assertThat(policy).isEqualTo(Policy.parse(policy.toJson()));
  }

  @Test
  void equalPoliciesHaveOneTextAndOneId() {
    Set<Measurement> many =
        Set.of(Simulation.WORKER, Simulation.MANAGER, Simulation.measurement(7));
    for (Policy policy :
        new Policy[] {
          Policy.simulated("x", Set.of(), Map.of(Role.WORKER, many)),
          Policy.strict(),
          Policy.refuseAll(),
          Policy.parse(FULL)
        }) {
      Policy again = Policy.parse(policy.toJson());

      assertThat(again).isEqualTo(policy);
      assertThat(again.toJson()).isEqualTo(policy.toJson());
      assertThat(again.id()).isEqualTo(policy.id());
    }
    assertThat(Policy.refuseAll().id()).isNotEqualTo(Policy.strict().id());
  }

  @Test
  void hasALineForEachKey() {
    assertThat(Policy.refuseAll().toJson())
        .startsWith("{\n  \"version\" : 2,\n  \"name\" : \"default\",\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | an object",
        "[] | an object",
        "{} | version is missing",
        "{'version':2,'kinds':[],'measurements':{}} | key name is missing",
        "{'version':2,'name':'x','measurements':{}} | key kinds is missing",
        "{'version':2,'name':'x','kinds':[]} | key measurements is missing",
        "{'version':1,'name':'x','measurements':{}} | version is 1, expected 2",
        "{'version':1,'name':'x','measurements':{},'acceptSimulated':true} | write \"kinds\": [\"simulated\"]",
        "{'version':3,'name':'x','measurements':{}} | version is 3, expected 2",
        "{'version':'2','name':'x','measurements':{}} | version must be a whole number",
        "{'version':2,'name':1,'kinds':[],'measurements':{}} | name must be a text",
        "{'version':2,'name':null,'kinds':[],'measurements':{}} | name must be",
        "{'version':2,'name':'x','kinds':[],'measurements':{},'debug':true} | unknown key debug",
        "{'version':2,'name':'x','kinds':['sgx2'],'measurements':{}} | kinds: unknown kind sgx2",
        "{'version':2,'name':'x','kinds':['sgx','sgx'],'measurements':{}} | kinds names sgx twice",
        "{'version':2,'name':'x','kinds':['simulated'],'measurements':{}} | key simulatedRoots is missing",
        "{'version':2,'name':'x','name':'y','kinds':[],'measurements':{}} | key name appears twice",
        "{'version':2,'name':'x','kinds':[],'measurements':{'workers':[]}} | unknown key measurements.workers",
        "{'version':2,'name':'x','kinds':[],'measurements':{'worker':[],'worker':[]}} | measurements.worker appears twice",
        "{'version':2,'name':'x','kinds':[],'measurements':{'worker':['aa']}} | measurements.worker[0] has 1 bytes, expected 48",
        "{'version':2,'name':'x','kinds':[],'measurements':{'worker':'aa'}} | measurements.worker must be a list",
        "{'version':2,'name':'x','kinds':[],'measurements':{'worker':[7]}} | measurements.worker[0] must be an object",
        "{'version':2,'name':'x','kinds':[],'measurements':{},'simulatedRoots':['zz']} | simulatedRoots[0]: zz is not hexadecimal",
        "{'version':2,'name':'x','kinds':['nitro'],'measurements':{}} | key tcb is missing",
        "{'version':2,'name':'x','kinds':[],'measurements':{}} {} | something follows",
        "{'version':2,'name':'x' | not JSON",
      })
  void refusesWhatItDoesNotUnderstand(String json, String message) {
    assertThatThrownBy(() -> Policy.parse(json.replace('\'', '"')))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'isvsvnMin': 3 | 'isvsvnmin': 3 | unknown key measurements.store[0].isvsvnmin",
        "'isvsvnMin': 3 | 'mrsignerMin': 3 | unknown key measurements.store[0].mrsignerMin",
        "'isvsvnMin': 3 | 'isvsvnMin': -1 | measurements.store[0].isvsvnMin must be a whole number from 0",
        "'isvsvnMin': 3 | 'mrtd': 'aa' | unknown key measurements.store[0].mrtd: sgx has no such field",
        "'isvprodid': 1 | 'isvprodid': '1' | measurements.store[0].isvprodid must be a whole number",
        "'kind': 'sgx' | 'kind': 'simulated' | measurements.store[0].kind: a simulated TEE is named by its bare",
        "'kind': 'sgx' | 'kind': 'tpm' | measurements.store[0].kind: unknown kind tpm",
        "'pcrs.31' | 'pcrs.32' | unknown key measurements.worker[1].pcrs.32",
        "'c0ffee' | 'c0ffe' | measurements.manager[0].event.compose-hash: c0ffe is not hexadecimal",
        "c0ffee | '' | measurements.manager[0].event.compose-hash has 0 bytes",
        "'event.compose-hash' | 'event.Compose Hash' | unknown key measurements.manager[0].event.Compose Hash",
        "'SWHardeningNeeded' | 'Revoked' | tcb.statuses: Revoked is never accepted",
        "'SWHardeningNeeded' | 'Uptodate' | tcb.statuses: unknown status Uptodate",
        "'graceDays': 30 | 'graceDays': 30.5 | tcb.graceDays must be",
        "'graceDays': 30 | 'graceDays': 99999999999999999999 | not JSON",
        "'graceDays': 30 | 'graceDays': 3651 | tcb.graceDays must be a whole number from 0 to 3650",
        "'graceDays': 30, | '' | key tcb.graceDays is missing",
        "'provisionKey': true | 'provisionKey': 'yes' | sgx.provisionKey must be true or false",
        "'septVeDisable': true, | '' | key tdx.septVeDisable is missing",
        "'0000005000000000' | '00' | tdx.attributesMax has 1 bytes, expected 8",
        "'Milan' | 'Rome' | unknown key snp.tcbMin.Rome",
        "'bootloader' | 'boot_loader' | unknown key snp.tcbMin.Milan.boot_loader",
        "'bootloader': 3 | 'bootloader': 256 | snp.tcbMin.Milan.bootloader must be a whole number from 0 to 255",
        "[0, 2] | [0, 4] | snp.vmpls must be different levels",
        "[0, 2] | [0, 0] | snp.vmpls must be different levels",
        "'smt': false, | '' | key snp.smt is missing",
        "'vlek': false | 'vlek': false, 'debug': true | unknown key snp.debug",
      },
      quoteCharacter = '~')
  void namesThePathOfWhatIsWrong(String from, String to, String message) {
    String changed =
        FULL.replace(from.replace('\'', '"'), to.equals("''") ? "" : to.replace('\'', '"'));

    assertThat(changed).isNotEqualTo(FULL);
    assertThatThrownBy(() -> Policy.parse(changed))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(message);
  }

  @Test
  void refusesARuleThatSaysNothingOrTheSameAsAnother() {
    String nothing = FULL.replaceAll(", \"mrsigner\".*", "}],");
    String twice = FULL.replace("\"worker\": [", "\"worker\": [\"" + MEASUREMENT + "\", ");

    assertThatThrownBy(() -> Policy.parse(nothing)).hasMessageContaining("names no field");
    assertThatThrownBy(() -> Policy.parse(twice))
        .hasMessageContaining("measurements.worker[1] is the same rule as one before");
  }

  @Test
  void namesTheFile() throws Exception {
    Path file = directory.resolve("policy.json");
    Files.writeString(file, "{");

    assertThatThrownBy(() -> Policy.read(file)).hasMessageContaining(file.toString());
    assertThatThrownBy(() -> Policy.read(directory.resolve("none")))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  @Test
  void nobodyIsTrustedByAPolicyThatAcceptsAnyProgram() throws Exception {
    Path file = directory.resolve("policy.json");
    Files.writeString(file, FULL.replace("\"rtmr1\": \"%s\", ".formatted(MEASUREMENT), ""));

    assertThatThrownBy(() -> Policy.read(file))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining("measurements.manager[0]")
        .hasMessageContaining("any kernel");
    assertThat(Policy.readUnjudged(file).name()).isEqualTo("production");
  }
}
