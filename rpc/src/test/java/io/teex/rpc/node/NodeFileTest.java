package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Claims;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.ReportData;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeFileTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Address ADDRESS = SigningKey.generate(RANDOM).address();

  @TempDir private Path data;
  private SimulatedPlatform machine;
  private Tee tee;
  private Policy policy;
  private NodeFile node;

  @BeforeEach
  void introduce() {
    machine = SimulatedPlatform.openOrCreate(data.resolve("platform"), NOW, RANDOM);
    Measurement measurement = Measurement.of(new byte[Measurement.SIZE]);
    tee = machine.tee(measurement);
    policy =
        Policy.simulated(
            "test", Set.of(machine.root()), Map.of(Role.DISPATCHER, Set.of(measurement)));
    node = NodeFile.of(Role.DISPATCHER, ADDRESS, tee);
  }

  @Test
  void isReadAsItWasWritten() {
    node.write(data.resolve("node"));
    node.write(data.resolve("node"));

    assertThat(NodeFile.read(data.resolve("node"))).isEqualTo(node);
    assertThat(data.resolve("node")).isDirectoryContaining("glob:**/node.json");
  }

  private NodeFile with(Map<String, Bytes> documents) {
    return new NodeFile(
        node.role(),
        node.address(),
        node.platform(),
        new Endorsed(node.endorsed().evidence(), new Collateral(documents)));
  }

  @Test
  void bringsWhatThePlatformGaveAlong() {
    for (Map<String, Bytes> documents :
        List.of(
            Map.of(CollateralName.VEK, bytes(1_300)),
            Map.of(CollateralName.EVENT_LOG, bytes(40_000)),
            Map.of(CollateralName.VEK, bytes(1_301), CollateralName.EVENT_LOG, bytes(64_235)))) {
      NodeFile written = with(documents);
      written.write(data.resolve("node"));

      assertThat(NodeFile.read(data.resolve("node"))).isEqualTo(written);
    }
  }

  @Test
  void bringsNoMoreThanAPeerMayShow() {
    Map<String, Bytes> given =
        Map.of(
            CollateralName.VEK, bytes(1_300),
            CollateralName.EVENT_LOG, bytes(64_237),
            CollateralName.VEK_CRL, bytes(1));
    Tee generous =
        new Tee() {
          @Override
          public TeeKind kind() {
            return tee.kind();
          }

          @Override
          public Endorsed endorsed(ReportData reportData) {
            return new Endorsed(tee.evidence(reportData), new Collateral(given));
          }

          @Override
          public Measurement measurement() {
            return tee.measurement();
          }

          @Override
          public SecretBytes sealingKey(String label) {
            return tee.sealingKey(label);
          }
        };

    assertThat(NodeFile.of(Role.DISPATCHER, ADDRESS, generous).endorsed().collateral().documents())
        .isEqualTo(Map.of(CollateralName.VEK, bytes(1_300)));
    assertThatThrownBy(() -> with(given)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void isReadIfItWasWrittenWithoutWhatComesAlong() throws Exception {
    Files.writeString(
        data.resolve(NodeFile.NAME),
        "{\"role\":\"DISPATCHER\",\"address\":\"%s\",\"platform\":\"%s\",\"evidence\":\"%s\"}\n"
            .formatted(
                ADDRESS,
                node.platform(),
                Base64.getEncoder().encodeToString(node.endorsed().evidence().encode())));

    assertThat(NodeFile.read(data)).isEqualTo(node);
  }

  @Test
  void isJudgedByWhatItBringsUnlessTheJudgeHasItself() throws Exception {
    Path vectors = Path.of(String.valueOf(System.getenv("TEEX_VECTORS")), "snp/milan-v5-gcp");
    assumeTrue(Files.isDirectory(vectors), "TEEX_VECTORS is not set");
    Bytes vek = Bytes.of(Files.readAllBytes(vectors.resolve("vek.der")));
    Evidence report =
        new Evidence(TeeKind.SNP, Bytes.of(Files.readAllBytes(vectors.resolve("report.bin"))));
    NodeFile bare = new NodeFile(Role.STORE, ADDRESS, node.platform(), Endorsed.bare(report));
    NodeFile whole =
        new NodeFile(
            Role.STORE,
            ADDRESS,
            node.platform(),
            new Endorsed(report, new Collateral(Map.of(CollateralName.VEK, vek))));

    assertThat(refusal(bare, Collateral.none())).contains("collateral-missing");
    assertThat(refusal(whole, Collateral.none()))
        .contains("report-data-mismatch")
        .doesNotContain("collateral-missing", "certificate");
    assertThat(refusal(whole, new Collateral(Map.of(CollateralName.VEK, bytes(9)))))
        .contains("certificate-invalid");
  }

  private static String refusal(NodeFile file, Collateral collateral) {
    TimeInterval time = TimeInterval.at(Instant.parse("2026-01-04T06:04:27Z"));
    return String.valueOf(
        catchThrowableOfType(
                TeexException.class, () -> file.require(Policy.strict(), collateral, time))
            .getMessage());
  }

  private static Bytes bytes(int size) {
    return Bytes.of(new byte[size]);
  }

  @Test
  void saysWhenItIsWrittenIfItIsNotThere() {
    assertThatThrownBy(() -> NodeFile.read(data))
        .hasMessageContaining("when it starts")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  @Test
  void refusesWhatNoNodeWrites() throws Exception {
    String good = node.toJson();
    for (String bad :
        List.of(
            "",
            good.replace("DISPATCHER", "KING"),
            good.replace("0x", ""),
            good.replace("\"evidence\":\"", "\"evidence\":\"AAAA"),
            good.replace("}", ",\"vek\":\"\"}"),
            good.replace("}", ",\"vek\":\"%s\"}".formatted("AAAA".repeat(21_846))),
            good.replace("}", ",\"vek_crl\":\"AAAA\"}"),
            good.replace("}", ",\"event-log\":\"AAAA\",\"vek\":\"AAAA\"}"),
            good.replace("}", ",\"more\":1}"))) {
      Files.writeString(data.resolve(NodeFile.NAME), bad);

      assertThatThrownBy(() -> NodeFile.read(data))
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
    }
  }

  @Test
  void isProvenByItsEvidence() {
    assertThat(require(node).platformId()).isEqualTo(machine.id());
    assertThat(node.platform()).isEqualTo(NodeOperation.platform(machine.id()));
  }

  @Test
  void isNotWhatTheHostMakesOfIt() {
    Address hosts = SigningKey.generate(RANDOM).address();
    Endorsed evidence = node.endorsed();

    refuses("report-data", new NodeFile(Role.DISPATCHER, hosts, node.platform(), evidence));
    refuses("report-data", new NodeFile(Role.STORE, ADDRESS, node.platform(), evidence));
    refuses(
        "its evidence is of platform",
        new NodeFile(Role.DISPATCHER, ADDRESS, Bytes32.random(RANDOM), evidence));
  }

  @Test
  void isNotProvenByEvidenceThatSaysSomethingElse() {
    byte[] address = ADDRESS.value().copy();
    for (ReportData other :
        List.of(
            ReportData.of(Role.DISPATCHER, address, new byte[0], new byte[0]),
            ReportData.of(Role.DISPATCHER, new byte[0], address, new byte[0]))) {
      refuses(
          "report-data",
          new NodeFile(
              Role.DISPATCHER, ADDRESS, node.platform(), Endorsed.bare(tee.evidence(other))));
    }
  }

  @Test
  void isNotProvenByATeeThatThePolicyDoesNotKnow() {
    byte[] other = new byte[Measurement.SIZE];
    other[0] = 1;

    refuses(
        "measurement-not-allowed",
        NodeFile.of(Role.DISPATCHER, ADDRESS, machine.tee(Measurement.of(other))));
    SimulatedPlatform another =
        SimulatedPlatform.openOrCreate(data.resolve("another"), NOW, RANDOM);
    refuses(
        "untrusted-root",
        NodeFile.of(
            Role.DISPATCHER, ADDRESS, another.tee(Measurement.of(new byte[Measurement.SIZE]))));
  }

  private Claims require(NodeFile file) {
    return file.require(policy, Collateral.none(), TimeInterval.at(NOW));
  }

  private void refuses(String reason, NodeFile file) {
    assertThatThrownBy(() -> require(file))
        .isInstanceOf(TeexException.class)
        .hasMessageContaining(reason);
  }
}
