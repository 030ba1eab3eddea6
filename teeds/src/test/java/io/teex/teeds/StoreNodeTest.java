package io.teex.teeds;

import static io.teex.teeds.Keys.bytes;
import static io.teex.teeds.StoreContract.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.teex.chain.Addresses;
import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.rpc.Access;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Peer;
import io.teex.rpc.Reply;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeConfig;
import io.teex.rpc.proto.EnrolRequest;
import io.teex.rpc.proto.EnrolResponse;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.StoreKeysRequest;
import io.teex.rpc.proto.StoreKeysResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreNodeTest {
  @TempDir Path directory;
  private Nodes nodes;
  private AttestedServer manager;
  private ByteString shardKey = StoreMessages.message(Keys.filled(32, 5));

  /** Certifies whoever asks and gives every shard the same key. */
  private final class Manager extends ManagerGrpc.ManagerImplBase {
    @Override
    public void enrol(EnrolRequest request, StreamObserver<EnrolResponse> answer) {
      Peer.Node peer = Peer.currentNode();
      var accounts = NodeCertificates.requirePossession(request, peer.tlsKeyHash());
      var certificate =
          nodes.certificate(peer.role(), peer.tlsKeyHash(), accounts.signer(), nodes.manager);
      Reply.send(
          answer,
          EnrolResponse.newBuilder()
              .setCertificate(ByteString.copyFrom(certificate.encode()))
              .build());
    }

    @Override
    public void storeKeys(StoreKeysRequest request, StreamObserver<StoreKeysResponse> answer) {
      Reply.send(answer, StoreKeysResponse.newBuilder().setEpoch(1).setKey(shardKey).build());
    }
  }

  @BeforeEach
  void start() throws IOException {
    nodes = new Nodes(directory.resolve("platform"));
    manager =
        AttestedServer.as(nodes.node(Role.MANAGER), nodes.policy)
            .service(
                new Manager(),
                Access.none()
                    .nodes("Enrol", Role.STORE, Role.DISPATCHER)
                    .nodes("StoreKeys", Role.STORE))
            .start();
    Files.writeString(directory.resolve("policy.json"), nodes.policy.toJson());
    Files.writeString(
        directory.resolve("addresses.json"),
        new Addresses(
                Nodes.DOMAIN.chainId(),
                Address.ZERO,
                Address.ZERO,
                Address.ZERO,
                Address.ZERO,
                Nodes.DOMAIN.settlement())
            .toJson());
  }

  @AfterEach
  void stop() {
    manager.close();
  }

  private Map<String, String> config() {
    Map<String, String> config = new HashMap<>();
    config.put("data", directory.resolve("data").toString());
    config.put("platform", directory.resolve("platform").toString());
    config.put("policy", directory.resolve("policy.json").toString());
    config.put("manager", manager.endpoint().toString());
    config.put("manager.address", nodes.manager.address().toString());
    config.put("chain.rpc", "http://127.0.0.1:8545");
    config.put("chain.addresses", directory.resolve("addresses.json").toString());
    return config;
  }

  private static StoreSettings settings(Map<String, String> values) {
    NodeConfig config = NodeConfig.of(values);
    StoreSettings settings = StoreSettings.from(config);
    config.requireAllRead();
    return settings;
  }

  private StoreNode startNode() throws IOException {
    Files.createDirectories(directory.resolve("data"));
    return StoreNode.start(
        settings(config()), nodes.node(Role.STORE), nodes.registry, nodes.clock, Nodes.RANDOM);
  }

  private StoreClient client(StoreNode node, Role role, List<AttestedChannel> opened) {
    var identity = nodes.node(role);
    AttestedChannel channel = nodes.channel(node.server().endpoint()).as(identity).open();
    opened.add(channel);
    return new StoreClient(channel, () -> nodes.certificate(identity));
  }

  @Test
  void servesWhatItServedBefore() throws IOException {
    List<AttestedChannel> opened = new ArrayList<>();
    try (StoreNode node = startNode()) {
      client(node, Role.MANAGER, opened).put(bytes("k"), bytes("v"));
      client(node, Role.DISPATCHER, opened).put(bytes("k"), bytes("d"));
      opened.forEach(AttestedChannel::close);
    }

    try (StoreNode node = startNode()) {
      StoreClient client = client(node, Role.MANAGER, opened);
      assertThat(client.get(bytes("k")).orElseThrow().value()).isEqualTo(bytes("v"));
      assertThat(client.status())
          .isEqualTo(new StoreStatus(2, 2, StoreStatus.RollbackProtection.UNPROTECTED));
      opened.forEach(AttestedChannel::close);
    }
  }

  @Test
  void takesNoKeyOfAGenuineManagerOfAnotherMarket() {
    Map<String, String> config = config();
    config.put("manager.address", SigningKey.generate(Nodes.RANDOM).address().toString());

    assertFails(
        ErrorCode.CERTIFICATE_INVALID,
        "signed by",
        () ->
            StoreNode.start(
                settings(config),
                nodes.node(Role.STORE),
                nodes.registry,
                nodes.clock,
                Nodes.RANDOM));
  }

  @Test
  void takesNoKeyOfAManagerThatTheRegistryIsAgainst() {
    nodes.registry.turnAgainst(nodes.manager.address(), ErrorCode.ATTESTATION_REFUSED);

    assertFails(ErrorCode.ATTESTATION_REFUSED, "the registry is against", this::startNode);
  }

  @Test
  void showsItsCertificateAndRenewsItBeforeItEnds() throws IOException {
    List<NodeCertificate> shown = new ArrayList<>();
    try (StoreNode node = startNode()) {
      Supplier<AttestedChannel> another =
          () ->
              nodes
                  .channel(node.server().endpoint())
                  .requiring(peer -> shown.add(nodes.certificates().shownBy(peer)))
                  .open();
      try (AttestedChannel before = another.get()) {
        new StoreClient(before).status();
        Duration half = Nodes.CERTIFICATE_LIFE.dividedBy(2);
        nodes.now.updateAndGet(now -> now.plus(half).minusSeconds(1));
        node.renewIfDue();
        nodes.now.updateAndGet(now -> now.plusSeconds(2));
        node.renewIfDue();
        new StoreClient(before).status();
      }
      try (AttestedChannel after = another.get()) {
        new StoreClient(after).status();
      }
    }

    assertThat(shown).hasSize(2);
    assertThat(shown.getLast().notAfter() - shown.getFirst().notAfter())
        .isEqualTo(Nodes.CERTIFICATE_LIFE.dividedBy(2).plusSeconds(1).toSeconds());
  }

  @Test
  void servesOnWithItsCertificateWhileTheManagerIsAway() throws IOException {
    Map<String, String> config = config();
    config.put("manager.wait", "PT5S");
    Files.createDirectories(directory.resolve("data"));
    try (StoreNode node =
            StoreNode.start(
                settings(config),
                nodes.node(Role.STORE),
                nodes.registry,
                nodes.clock,
                Nodes.RANDOM);
        AttestedChannel channel =
            nodes
                .channel(node.server().endpoint())
                .requiring(peer -> nodes.certificates().shownBy(peer))
                .open()) {
      manager.close();
      nodes.now.updateAndGet(now -> now.plus(Nodes.CERTIFICATE_LIFE.dividedBy(2)).plusSeconds(1));
      node.renewIfDue();

      assertThat(new StoreClient(channel).status()).isNotNull();
    }
  }

  @Test
  void refusesItsDiskUnderAnotherKey() throws IOException {
    startNode().close();
    shardKey = StoreMessages.message(Keys.filled(32, 6));

    assertFails(ErrorCode.STORE_CORRUPT, "segment", this::startNode);
  }

  @Test
  void refusesAKeyThatIsNone() {
    shardKey = StoreMessages.message(Keys.filled(31, 6));

    assertFails(ErrorCode.MALFORMED, "31 bytes", this::startNode);
  }

  @Test
  void doesNotStartWithoutAManager() {
    Map<String, String> config = config();
    config.put("manager.wait", "PT5S");
    manager.close();

    assertFails(
        ErrorCode.UNAVAILABLE,
        "manager",
        () ->
            StoreNode.start(
                settings(config),
                nodes.node(Role.STORE),
                nodes.registry,
                nodes.clock,
                Nodes.RANDOM));
  }

  @Test
  void believesNoOtherManagersCertificates() throws IOException {
    try (StoreNode node = startNode()) {
      var identity = nodes.node(Role.DISPATCHER);
      var forged = nodes.certificate(identity, SigningKey.generate(Nodes.RANDOM));
      try (AttestedChannel channel = nodes.channel(node.server().endpoint()).as(identity).open()) {
        assertFails(
            ErrorCode.CERTIFICATE_INVALID,
            "signed by",
            () -> new StoreClient(channel, () -> forged).get(bytes("k")));
      }
    }
  }

  @Test
  void hasDefaults() {
    StoreSettings settings = settings(config());

    assertThat(settings.managerWait()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.shard()).isEqualTo("main");
    assertThat(settings.addresses().domain()).isEqualTo(Nodes.DOMAIN);
    assertThat(settings.chainRpc()).hasToString("http://127.0.0.1:8545");
    assertThat(settings.manager()).isEqualTo(manager.endpoint());
    assertThat(settings.managerAddress()).isEqualTo(nodes.manager.address());
    assertThat(settings.namespaceBytesMax()).isBetween(1L, Runtime.getRuntime().maxMemory());
  }

  @Test
  void takesEveryKey() {
    Map<String, String> config = config();
    config.put("manager.wait", "5000");
    config.put("shard", "other-1");
    config.put("namespace.bytes-max", "1000");

    StoreSettings settings = settings(config);

    assertThat(settings.managerWait()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.shard()).isEqualTo("other-1");
    assertThat(settings.namespaceBytesMax()).isEqualTo(1_000);
  }

  @Test
  void refusesWrongSettings() throws IOException {
    for (var wrong :
        Map.of("shard", "Main", "shards", "main", "manager", "nowhere", "chain.addresses", "none")
            .entrySet()) {
      Map<String, String> config = config();
      config.put(wrong.getKey(), wrong.getValue());
      assertFails(
          ErrorCode.USAGE,
          wrong.getKey().equals("chain.addresses") ? "none" : wrong.getKey(),
          () -> settings(config));
    }
    for (String addresses : new String[] {"", "[]", "{\"chainId\":1}", "{\"settlement\":1}", "{"}) {
      Files.writeString(directory.resolve("addresses.json"), addresses);
      assertFails(ErrorCode.USAGE, "addresses.json", () -> settings(config()));
    }
  }
}
