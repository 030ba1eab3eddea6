package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.attestation.Policy;
import io.teex.attestation.collateral.CollateralConfig;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
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
    assertThat(settings.platform()).isEqualTo(Path.of("/p"));
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
