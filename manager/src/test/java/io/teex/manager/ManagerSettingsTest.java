package io.teex.manager;

import static io.teex.manager.testing.Codes.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.attestation.Policy;
import io.teex.blobs.BlobStore;
import io.teex.chain.ChainEndpoints;
import io.teex.chain.Finality;
import io.teex.protocol.ErrorCode;
import io.teex.rpc.Endpoint;
import io.teex.rpc.node.NodeConfig;
import io.teex.rpc.node.NodeSettings;
import io.teex.rpc.node.NodeSettings.Advertised;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManagerSettingsTest {
  @Test
  void defaults() {
    ManagerSettings settings = read(required());

    assertThat(settings)
        .isEqualTo(
            new ManagerSettings(
                new NodeSettings(
                    new Endpoint("127.0.0.1", 0),
                    Path.of("data"),
                    Path.of("platform"),
                    Policy.refuseAll(),
                    new Advertised.AsListening()),
                ChainEndpoints.of(URI.create("http://chain")),
                Path.of("addresses.json"),
                Finality.NONE,
                Duration.ofHours(1),
                new Endpoint("store", 1),
                Duration.ofSeconds(15),
                URI.create("http://blobs"),
                settings.blobBytesMax(),
                Duration.ofHours(24)));
    assertThat(settings.blobBytesMax()).isBetween(1, BlobStore.BLOB_BYTES_MAX);
  }

  @Test
  void everythingSet() {
    Map<String, String> values = required();
    values.put("chain.confirmations", "12");
    values.put("chain.age-max", "P1D");
    values.put("store.wait", "PT3S");
    values.put("blob.bytes.max", "1000");
    values.put("certificate.life", "PT1H");

    ManagerSettings settings = read(values);

    assertThat(settings.confirmations()).isEqualTo(new Finality.Depth(12));
    assertThat(settings.blockAgeMax()).isEqualTo(Duration.ofDays(1));
    assertThat(settings.storeWait()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.blobBytesMax()).isEqualTo(1_000);
    assertThat(settings.certificateLife()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void refusesCertificatesThatOutliveTheirPurpose() {
    Map<String, String> values = required();
    values.put("certificate.life", "P31D");

    refuses(ErrorCode.USAGE, "certificate.life", () -> read(values));
  }

  @Test
  void refusesAnUnknownKey() {
    Map<String, String> values = required();
    values.put("certificate.live", "PT1H");

    refuses(ErrorCode.USAGE, "certificate.live", () -> read(values));
  }

  private static ManagerSettings read(Map<String, String> values) {
    NodeConfig config = NodeConfig.of(values);
    ManagerSettings settings = ManagerSettings.from(config);
    config.requireAllRead();
    return settings;
  }

  private static Map<String, String> required() {
    return new LinkedHashMap<>(
        Map.of(
            "data", "data",
            "platform", "platform",
            "chain.rpc", "http://chain",
            "chain.addresses", "addresses.json",
            "store", "store:1",
            "blobs", "http://blobs"));
  }
}
