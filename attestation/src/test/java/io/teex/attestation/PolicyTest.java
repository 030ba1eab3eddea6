package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PolicyTest {
  private static final String ROOT = "aa".repeat(32);
  private static final String MEASUREMENT = "bb".repeat(48);

  @TempDir Path directory;

  @Test
  void acceptsNothingByDefault() {
    Policy policy = Policy.refuseAll();

    assertThat(policy.accepts(TeeKind.SIMULATED)).isFalse();
    assertThat(policy.simulatedRoots()).isEmpty();
    for (Role role : Role.values()) {
      assertThat(policy.measurements(role)).isEmpty();
    }
  }

  @Test
  void readsEveryKey() {
    Policy policy =
        Policy.parse(
            """
            {"version": 1, "name": "local market", "acceptSimulated": true,
             "simulatedRoots": ["%s"],
             "measurements": {"manager": ["%s"], "store": [], "dispatcher": [], "worker": []}}
            """
                .formatted(ROOT, MEASUREMENT));

    assertThat(policy.name()).isEqualTo("local market");
    assertThat(policy.accepts(TeeKind.SIMULATED)).isTrue();
    assertThat(policy.simulatedRoots()).hasSize(1);
    assertThat(policy.measurements(Role.MANAGER))
        .containsExactly(MeasurementRule.simulated(Measurement.fromHex(MEASUREMENT)));
    assertThat(policy.measurements(Role.WORKER)).isEmpty();
  }

  @Test
  void simulatedIsRefusedWhereTheKeyIsLeftOut() {
    Policy policy = Policy.parse("{\"version\":1,\"name\":\"x\",\"measurements\":{}}");

    assertThat(policy.acceptSimulated()).isFalse();
  }

  @Test
  void equalPoliciesHaveOneTextAndOneId() {
    Set<Measurement> many =
        Set.of(Simulation.WORKER, Simulation.MANAGER, Simulation.measurement(7));
    Policy policy = Policy.simulated("x", Set.of(), Map.of(Role.WORKER, many));

    Policy again = Policy.parse(policy.toJson());

    assertThat(again).isEqualTo(policy);
    assertThat(again.toJson()).isEqualTo(policy.toJson());
    assertThat(again.id()).isEqualTo(policy.id());
    assertThat(Policy.refuseAll().id()).isNotEqualTo(policy.id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | an object",
        "[] | an object",
        "{} | version is missing",
        "{'version':1,'name':'x'} | measurements is missing",
        "{'version':1,'measurements':{}} | name is missing",
        "{'version':2,'name':'x','measurements':{}} | version is 2",
        "{'version':'1','name':'x','measurements':{}} | version is 1",
        "{'version':1,'name':1,'measurements':{}} | name must be a text",
        "{'version':1,'name':'x','measurements':{},'acceptSimulate':true} | unknown key acceptSimulate",
        "{'version':1,'name':'x','measurements':{},'acceptSimulated':'true'} | true or false",
        "{'version':1,'name':'x','name':'y','measurements':{}} | name appears twice",
        "{'version':1,'name':'x','measurements':{'workers':[]}} | unknown key measurements.workers",
        "{'version':1,'name':'x','measurements':{'worker':[],'worker':[]}} | measurements.worker appears twice",
        "{'version':1,'name':'x','measurements':{'worker':['aa']}} | measurements.worker: aa",
        "{'version':1,'name':'x','measurements':{'worker':'aa'}} | measurements.worker must be a list",
        "{'version':1,'name':'x','measurements':{},'simulatedRoots':['zz']} | simulatedRoots: zz",
        "{'version':1,'name':'x','measurements':{}} {} | something follows",
        "{'version':1,'name':'x' | not JSON",
      })
  void refusesWhatItDoesNotUnderstand(String json, String message) {
    assertThatThrownBy(() -> Policy.parse(json.replace('\'', '"')))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(message);
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
}
