package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.teex.attestation.Policy;
import io.teex.attestation.Tee;
import io.teex.attestation.collateral.CollateralConfig;
import io.teex.attestation.source.EvidenceSources;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeSettingsTest {
  @TempDir Path directory;

  @Test
  void defaultsRefuseEverybody() {
    NodeSettings settings =
        NodeSettings.from(NodeConfig.of(Map.of("data", "/d", "platform", "/p")));

    assertThat(settings.listen()).isEqualTo(new Endpoint("127.0.0.1", 0));
    assertThat(settings.data()).isEqualTo(Path.of("/d"));
    assertThat(settings.hardware()).isEqualTo(new NodeSettings.Hardware.Simulated(Path.of("/p")));
    assertThat(settings.peers()).isEqualTo(new NodeSettings.Peers.Of(Policy.refuseAll()));
    assertThat(settings.collateral()).isEqualTo(CollateralConfig.none());
    assertThat(settings.advertisedWhenListeningOn(new Endpoint("h", 7)))
        .isEqualTo(new Endpoint("h", 7));
  }

  @Test
  void everyKeyIsRead() throws Exception {
    Policy policy = Policy.simulated("x", java.util.Set.of(), Map.of());
    Path file = Files.writeString(directory.resolve("policy.json"), policy.toJson());
    NodeConfig config =
        NodeConfig.of(
            Map.of(
                "listen", "0.0.0.0:4000",
                "data", "/d",
                "platform", "/p",
                "policy", file.toString(),
                "advertise", "proxy:5000",
                "collateral.intel", "http://pccs:8081",
                "collateral.amd", "http://kds",
                "collateral.directory", "/c",
                "collateral.timeout", "PT1S"));

    NodeSettings settings = NodeSettings.from(config);

    config.requireAllRead();
    assertThat(settings.listen()).isEqualTo(new Endpoint("0.0.0.0", 4000));
    assertThat(settings.peers()).isEqualTo(new NodeSettings.Peers.OfFile(file));
    assertThat(settings.collateral())
        .isEqualTo(
            CollateralConfig.from(
                Map.of(
                    "intel", "http://pccs:8081",
                    "amd", "http://kds",
                    "directory", "/c",
                    "timeout", "PT1S")));
    assertThat(settings.advertisedWhenListeningOn(new Endpoint("h", 7)))
        .isEqualTo(new Endpoint("proxy", 5000));
  }

  private Tee foundIn(Path root, SecureRandom random) {
    NodeSettings settings = NodeSettings.from(NodeConfig.of(Map.of("data", "/d")));
    assertThat(settings.hardware()).isEqualTo(new NodeSettings.Hardware.Found());
    return settings.tee(
        NodeSettingsTest.class,
        List.of(),
        new EvidenceSources(root, OptionalInt.empty(), random),
        InstantSource.system(),
        random);
  }

  @Test
  void withoutATeeNothingIsSimulatedUnasked() {
    assertThatThrownBy(() -> foundIn(directory, new SecureRandom()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageContaining("/dev/attestation")
        .hasMessageContaining("SIMULATED");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void theTeeThatIsFoundIsTaken() throws Exception {
    Path vectors =
        Path.of(
            Optional.ofNullable(System.getenv("TEEX_VECTORS"))
                .orElse("../../shared/attestation-vectors"));
    assumeTrue(Files.isDirectory(vectors), () -> "no genuine evidence in " + vectors);
    byte[] quote = Files.readAllBytes(vectors.resolve("sgx/teepot-sgx-00606a000000/quote.bin"));
    Path gramine = Files.createDirectories(directory.resolve("dev/attestation"));
    Files.writeString(gramine.resolve("attestation_type"), "dcap");
    Files.write(gramine.resolve("user_report_data"), new byte[64]);
    Files.write(gramine.resolve("quote"), quote);
    Path key = Files.createDirectories(gramine.resolve("keys")).resolve("_sgx_mrenclave");
    Files.writeString(key, "sixteen bytes of");
    SecureRandom asking =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            System.arraycopy(quote, 368, bytes, 0, bytes.length);
          }
        };

    Tee tee = foundIn(directory, asking);

    assertThat(tee.kind()).isEqualTo(TeeKind.SGX);
    assertThat(tee).asString().contains("Gramine");
    assertThat(tee.sealingKey("x").expose()).hasSize(32);
  }

  @Test
  void unknownKeysOfCollateralAreErrors() {
    assertThatThrownBy(() ->
            NodeSettings.from(
                NodeConfig.of(Map.of("data", "/d", "platform", "/p", "collateral.itel", "x"))))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining("itel");
  }

  @Test
  void aPolicyThatIsNoneStopsTheStart() throws Exception {
    Path file = Files.writeString(directory.resolve("policy.json"), "{");
    NodeSettings settings =
        NodeSettings.from(
            NodeConfig.of(Map.of("data", "/d", "platform", "/p", "policy", file.toString())));

    assertThatThrownBy(() -> settings.grounds(InstantSource.system(), new SecureRandom()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE))
        .hasMessageContaining(file.toString());
  }

  @Test
  void theAccountOfANodeOutlivesItsProcessAndItsTlsKeyDoesNot() {
    NodeSettings settings =
        NodeSettings.from(
            NodeConfig.of(
                Map.of(
                    "data", directory.resolve("data").toString(),
                    "platform", directory.resolve("platform").toString())));

    NodeIdentity first = identity(settings);
    NodeIdentity second = identity(settings);

    assertThat(second.address()).isEqualTo(first.address());
    assertThat(second.tlsKeyHash()).isNotEqualTo(first.tlsKeyHash());
    assertThat(first).asString().contains("SIMULATED", "DISPATCHER");
  }

  private static NodeIdentity identity(NodeSettings settings) {
    return settings.identity(
        Role.DISPATCHER, NodeSettingsTest.class, InstantSource.system(), new SecureRandom());
  }
}
