package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.teex.protocol.Role;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AttestedChannelTest {
  @TempDir Path directory;

  private static final GetRequest GET =
      GetRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();

  @Test
  void nodesProveThemselvesToEachOther() {
    Fixture fixture = new Fixture(directory.resolve("platform"));
    NodeIdentity worker = fixture.node(Role.WORKER);
    EchoStore store =
        new EchoStore(request -> {
          Peer.Node peer = Peer.currentNode();
          assertThat(peer.role()).isEqualTo(Role.WORKER);
          assertThat(peer.tlsKeyHash()).isEqualTo(worker.tlsKeyHash());
          assertThat(peer.simulated()).isTrue();
          return GetResponse.getDefaultInstance();
        });
    try (AttestedServer server = fixture.storeServing(store);
        AttestedChannel channel = fixture.channel(server).as(worker).open()) {

      channel.call(StoreGrpc.getGetMethod(), GET);
      channel.call(StoreGrpc.getGetMethod(), GET);

      assertThat(store.calls).hasValue(2);
    }
  }

  @Test
  void usersProveNothing() {
    Fixture fixture = new Fixture(directory.resolve("platform"));
    try (AttestedServer server = fixture.storeServing(new EchoStore());
        AttestedChannel channel = fixture.channel(server).open()) {

      var status =
          channel.call(StoreGrpc.getStatusMethod(), StoreStatusRequest.getDefaultInstance());

      assertThat(status.getRollbackProtection()).isEqualTo("Anonymous");
    }
  }
}
