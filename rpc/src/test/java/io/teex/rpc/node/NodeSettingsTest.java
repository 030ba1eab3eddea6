package io.teex.rpc.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Policy;
import io.teex.protocol.Role;
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
    assertThat(settings.policy()).isEqualTo(Policy.refuseAll());
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
                "advertise", "proxy:5000"));

    NodeSettings settings = NodeSettings.from(config);

    config.requireAllRead();
    assertThat(settings.listen()).isEqualTo(new Endpoint("0.0.0.0", 4000));
    assertThat(settings.policy().name()).isEqualTo("x");
    assertThat(settings.advertisedWhenListeningOn(new Endpoint("h", 7)))
        .isEqualTo(new Endpoint("proxy", 5000));
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
