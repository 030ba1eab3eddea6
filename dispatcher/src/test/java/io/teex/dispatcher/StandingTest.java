package io.teex.dispatcher;

import static io.teex.dispatcher.OrderDeskTest.refused;
import static io.teex.dispatcher.Wire.wire;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.SubmitRequest;
import io.teex.teeds.StoreClient;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the chain's word about a node does to channels that stand when it falls. */
class StandingTest {
  @TempDir private Path directory;

  private World world;
  private SigningKey user;

  /** A market in which the dispatcher has talked to its store. */
  @BeforeEach
  void start() {
    world = new World(World.anvil(), directory);
    user = SigningKey.generate(world.random);
    world.user(user, 100_000);
    world.await(() -> world.status().getActive());
    refused(ErrorCode.NO_WORKER, this::order);
  }

  @AfterEach
  void stop() {
    if (world != null) {
      world.close();
    }
  }

  private Object order() {
    try (AttestedChannel channel = world.userChannel()) {
      return channel.call(
          DispatcherGrpc.getSubmitMethod(),
          SubmitRequest.newBuilder()
              .setOrder(wire(user.sign(world.addresses.domain(), world.order(user).build())))
              .build());
    }
  }

  @Test
  void aStoreThatItsOperatorAbandonedGetsNothingMore() {
    world.abandon(world.storeKey.address());
    world.node.judgeAgain();

    refused(ErrorCode.NODE_NOT_OPERATED, this::order);
  }

  @Test
  void aStoreUnderAManagerThatGovernanceTookOffItsListGetsNothingMore() {
    world.unlistManager();
    world.node.judgeAgain();

    refused(ErrorCode.CERTIFICATE_INVALID, this::order);
  }

  @Test
  void aDispatcherThatWasRevokedReadsNotEvenItsOwnRowsAnyMore() {
    NodeIdentity identity = world.identity(Role.DISPATCHER, world.dispatcherKey);
    Signed<NodeCertificate> certificate =
        world.certify(
            world.managerKey,
            Role.DISPATCHER,
            identity.tlsKeyHash(),
            identity.address(),
            World.OPERATOR);
    Bytes key = Bytes.of((byte) 1);
    try (AttestedChannel channel =
        AttestedChannel.to(world.storeNode.server().endpoint(), Role.STORE, world.policy)
            .as(identity)
            .open()) {
      StoreClient store = new StoreClient(channel, () -> certificate);
      assertThat(store.get(key)).isEmpty();

      world.revoke(identity.address());
      world.storeNode.server().judgeAgain();

      refused(ErrorCode.CERTIFICATE_INVALID, () -> store.get(key));
    }
  }
}
