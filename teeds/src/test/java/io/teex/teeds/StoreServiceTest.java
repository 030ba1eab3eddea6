package io.teex.teeds;

import static io.teex.teeds.Keys.bytes;
import static io.teex.teeds.StoreContract.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.proto.Compare;
import io.teex.rpc.proto.EnterRequest;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.TransactRequest;
import io.teex.rpc.proto.Write;
import io.teex.teeds.testing.InMemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreServiceTest {
  private static final Bytes KEY = bytes("key");

  @TempDir Path directory;
  private final InMemoryStore backing = new InMemoryStore();
  private final List<AttestedChannel> channels = new ArrayList<>();
  private Nodes nodes;
  private AttestedServer server;

  @BeforeEach
  void start() {
    nodes = new Nodes(directory);
    server = nodes.serve(backing);
  }

  @AfterEach
  void stop() {
    channels.forEach(AttestedChannel::close);
    server.close();
  }

  private AttestedChannel channel(NodeIdentity identity) {
    AttestedChannel channel = nodes.channel(server.endpoint()).as(identity).open();
    channels.add(channel);
    return channel;
  }

  private Store manager() {
    return caller(nodes.node(Role.MANAGER));
  }

  private Store dispatcher(NodeIdentity identity) {
    return caller(identity);
  }

  private Store caller(NodeIdentity identity) {
    return new StoreClient(channel(identity), () -> nodes.certificate(identity));
  }

  private List<Bytes> allKeys() {
    return backing.range(KeyRange.all(), 100).entries().stream().map(Entry::key).toList();
  }

  @Test
  void givesEveryCallerKeysOfItsOwn() {
    NodeIdentity first = nodes.node(Role.DISPATCHER);
    NodeIdentity second = nodes.node(Role.DISPATCHER);

    manager().put(KEY, bytes("m"));
    dispatcher(first).put(KEY, bytes("1"));
    dispatcher(second).put(KEY, bytes("2"));

    assertThat(allKeys())
        .containsExactlyInAnyOrder(
            bytes("manager/key"),
            bytes("dispatcher/" + first.address().value().toHex() + "/key"),
            bytes("dispatcher/" + second.address().value().toHex() + "/key"));
    assertThat(manager().get(KEY).orElseThrow().value()).isEqualTo(bytes("m"));
    assertThat(dispatcher(first).get(KEY).orElseThrow().value()).isEqualTo(bytes("1"));
    assertThat(dispatcher(second).get(KEY).orElseThrow().value()).isEqualTo(bytes("2"));
  }

  @Test
  void servesNobodyWhomTheRegistryTurnedAgainstOnAStandingChannel() {
    NodeIdentity revoked = nodes.node(Role.DISPATCHER);
    NodeIdentity other = nodes.node(Role.DISPATCHER);
    Store ofRevoked = dispatcher(revoked);
    Store ofOther = dispatcher(other);
    Store manager = manager();
    List.of(ofRevoked, ofOther, manager).forEach(store -> store.put(KEY, bytes("v")));

    nodes.registry.turnAgainst(revoked.address(), ErrorCode.CERTIFICATE_INVALID);
    server.judgeAgain();

    assertFails(ErrorCode.CERTIFICATE_INVALID, "the registry is against", () -> ofRevoked.get(KEY));
    assertThat(ofOther.get(KEY)).isPresent();
    nodes.registry.turnAgainst(nodes.manager.address(), ErrorCode.NODE_NOT_OPERATED);
    server.judgeAgain();
    assertFails(ErrorCode.NODE_NOT_OPERATED, "the registry is against", () -> manager.get(KEY));
    assertThat(ofOther.get(KEY)).isPresent();
  }

  @Test
  void letsNobodyEnterWhomTheRegistryIsAgainst() {
    NodeIdentity abandoned = nodes.node(Role.DISPATCHER);
    nodes.registry.turnAgainst(abandoned.address(), ErrorCode.NODE_NOT_OPERATED);

    assertFails(
        ErrorCode.NODE_NOT_OPERATED,
        "the registry is against",
        () -> dispatcher(abandoned).put(KEY, bytes("v")));
    assertThat(allKeys()).isEmpty();
  }

  @Test
  void letsNoRangeLeaveTheNamespace() {
    backing.put(bytes("a"), bytes("before"));
    backing.put(bytes("manager"), bytes("the prefix itself, less a slash"));
    backing.put(bytes("manager0"), bytes("just after"));
    backing.put(bytes("z"), bytes("after"));
    Store manager = manager();
    manager.put(bytes("k1"), bytes("1"));
    manager.put(Keys.filled(4, 0xff), bytes("2"));

    for (KeyRange range :
        List.of(
            KeyRange.all(),
            new KeyRange(Bytes.EMPTY, Keys.filled(9, 0xff)),
            KeyRange.all().after(bytes("a")))) {
      assertThat(manager.range(range, 100).entries())
          .extracting(Entry::key)
          .containsExactly(bytes("k1"), Keys.filled(4, 0xff));
    }
    assertThat(manager.get(bytes("../a"))).isEmpty();
  }

  @Test
  void showsNothingOfOthersToTransactions() {
    NodeIdentity identity = nodes.node(Role.DISPATCHER);
    manager().put(KEY, bytes("m"));

    TransactionResult result =
        dispatcher(identity)
            .transact(
                Transaction.when(bytes("manager/key"))
                    .absent()
                    .and(KEY)
                    .absent()
                    .then(Change.delete(bytes("manager/key")), Change.put(KEY, bytes("1"))));

    assertThat(result.succeeded()).isTrue();
    assertThat(result.seen()).isEmpty();
    assertThat(backing.get(bytes("manager/key"))).isPresent();
  }

  @Test
  void givesNoAnswerOfAnotherCallersRequest() {
    RequestId id = RequestId.random(new Random(1));
    Transaction transaction = Transaction.of(Change.put(KEY, bytes("1")));
    manager().transact(id, transaction);

    assertFails(
        ErrorCode.MALFORMED,
        "another transaction",
        () -> dispatcher(nodes.node(Role.DISPATCHER)).transact(id, transaction));
  }

  @Test
  void refusesWorkersAndThoseWhoProveNothing() {
    StoreClient worker = new StoreClient(channel(nodes.node(Role.WORKER)));
    AttestedChannel anonymous = nodes.channel(server.endpoint()).open();
    channels.add(anonymous);
    StoreClient user = new StoreClient(anonymous);

    for (Store store : List.of(worker, user)) {
      assertFails(ErrorCode.PERMISSION_DENIED, "", () -> store.get(KEY));
      assertFails(ErrorCode.PERMISSION_DENIED, "", () -> store.range(KeyRange.all(), 1));
      assertFails(ErrorCode.PERMISSION_DENIED, "", () -> store.put(KEY, KEY));
      assertThat(store.status().rollbackProtection().label()).isEqualTo("VOLATILE");
    }
    assertThat(allKeys()).isEmpty();
  }

  @Test
  void refusesADispatcherWithoutAGoodCertificateOfItsOwn() {
    NodeIdentity self = nodes.node(Role.DISPATCHER);
    NodeIdentity other = nodes.node(Role.DISPATCHER);
    Signed<NodeCertificate> genuine = nodes.certificate(self);

    assertFails(ErrorCode.NODE_NOT_ENROLLED, "", () -> new StoreClient(channel(self)).get(KEY));
    refused(self, nodes.certificate(other), "TLS key");
    refused(self, nodes.certificate(self, SigningKey.generate(Nodes.RANDOM)), "signed by");
    refused(
        self,
        nodes.certificate(Role.WORKER, self.tlsKeyHash(), self.address(), nodes.manager),
        "for a WORKER");
    refused(self, new Signed<>(nodes.certificate(other).value(), genuine.signature()), "signed by");
    nodes.now.updateAndGet(now -> now.plus(Duration.ofHours(2)));
    refused(self, genuine, "expired");
    assertThat(allKeys()).isEmpty();
  }

  @Test
  void refusesAGenuineManagerOfAnotherMarket() {
    NodeIdentity other = nodes.node(Role.MANAGER);

    assertFails(ErrorCode.NODE_NOT_ENROLLED, "", () -> new StoreClient(channel(other)).get(KEY));
    refused(other, nodes.certificate(other, other.signer()), "signed by");
    assertThat(allKeys()).isEmpty();
  }

  @Test
  void refusesToKeepMoreThanTheQuotaOfACaller() {
    server.close();
    ShardKey key = new ShardKey("main", 1, SecretBytes.copyOf(Keys.filled(32, 1).copy()));
    SealedReplica replica = SealedReplica.open(directory.resolve("replica"), key, Nodes.RANDOM);
    server = nodes.serve(replica, new Quota(replica::bytes, 100));
    Store manager = manager();
    manager.put(KEY, Keys.filled(80, 1));

    assertFails(
        ErrorCode.STORE_FULL,
        "of at most 100",
        () -> manager.put(bytes("more"), Keys.filled(10, 2)));
    manager.put(KEY, Keys.filled(80, 3));
    dispatcher(nodes.node(Role.DISPATCHER)).put(KEY, bytes("1"));
    manager.delete(KEY);
    manager.put(bytes("more"), Keys.filled(10, 2));
    replica.close();
  }

  private void refused(NodeIdentity self, Signed<NodeCertificate> certificate, String message) {
    StoreClient client = new StoreClient(channel(self), () -> certificate);
    assertFails(ErrorCode.CERTIFICATE_INVALID, message, () -> client.put(KEY, KEY));
  }

  @Test
  void asksForTheCertificateAgainWhenItHasExpired() {
    NodeIdentity identity = nodes.node(Role.DISPATCHER);
    Store dispatcher = dispatcher(identity);
    dispatcher.put(KEY, bytes("1"));
    StoreClient withoutOne = new StoreClient(channel(identity));
    assertThat(withoutOne.get(KEY)).isPresent();

    nodes.now.updateAndGet(now -> now.plus(Duration.ofHours(2)));

    assertFails(ErrorCode.NODE_NOT_ENROLLED, "", () -> withoutOne.get(KEY));
    assertThat(dispatcher.get(KEY)).isPresent();
    assertThat(withoutOne.get(KEY)).isPresent();
  }

  @Test
  void refusesMessagesThatMeanNothing() {
    NodeIdentity manager = nodes.node(Role.MANAGER);
    AttestedChannel channel = channel(manager);
    new StoreClient(channel, () -> nodes.certificate(manager)).get(KEY);
    ByteString key = StoreMessages.message(KEY);
    ByteString id =
        ByteString.copyFrom(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3, 2});
    TransactRequest.Builder request = TransactRequest.newBuilder().setRequestId(id);

    for (TransactRequest malformed :
        List.of(
            TransactRequest.getDefaultInstance(),
            TransactRequest.newBuilder()
                .setRequestId(ByteString.copyFrom(new byte[RequestId.SIZE]))
                .build(),
            request.clone().addCompare(Compare.newBuilder().setKey(key)).build(),
            request.clone().addCompare(Compare.newBuilder().setKey(key).setRevision(-1)).build(),
            request.clone().addThenWrites(Write.newBuilder().setKey(key)).build(),
            request.clone().addElseWrites(Write.newBuilder().setKey(key).setDelete(false)).build(),
            request.clone().addThenWrites(Write.newBuilder().setDelete(true)).build())) {
      assertFails(
          ErrorCode.MALFORMED, "", () -> channel.call(StoreGrpc.getTransactMethod(), malformed));
    }
    assertFails(
        ErrorCode.MALFORMED,
        "key of 0 bytes",
        () -> channel.call(StoreGrpc.getGetMethod(), GetRequest.getDefaultInstance()));
    assertFails(
        ErrorCode.MALFORMED,
        "",
        () ->
            channel(nodes.node(Role.DISPATCHER))
                .call(StoreGrpc.getEnterMethod(), EnterRequest.getDefaultInstance()));
  }
}
