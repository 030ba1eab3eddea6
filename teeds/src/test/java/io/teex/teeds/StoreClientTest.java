package io.teex.teeds;

import static io.teex.teeds.Keys.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.teeds.testing.InMemoryStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract over the wire, in a dispatcher's namespace, and what the wire adds to it. */
class StoreClientTest extends StoreContract {
  private static final Patience PATIENT =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofSeconds(5),
          Duration.ofMillis(5),
          Duration.ofMillis(50));
  private static final Patience HASTY =
      new Patience(
          Duration.ofMillis(300),
          Duration.ofMillis(300),
          Duration.ofMillis(5),
          Duration.ofMillis(50));

  @TempDir Path directory;
  private final InMemoryStore backing = new InMemoryStore();
  private Nodes nodes;
  private AttestedServer server;
  private AttestedChannel channel;
  private NodeIdentity dispatcher;
  private StoreClient client;

  @BeforeEach
  void start() {
    nodes = new Nodes(directory);
    server = nodes.serve(backing);
    dispatcher = nodes.node(Role.DISPATCHER);
    channel = nodes.channel(server.endpoint()).as(dispatcher).open();
    client = client(PATIENT);
  }

  private StoreClient client(Patience patience) {
    return new StoreClient(channel, () -> nodes.certificate(dispatcher), patience, new Random(2));
  }

  @AfterEach
  void stop() {
    channel.close();
    server.close();
  }

  @Override
  Store store() {
    return client;
  }

  @Test
  void repeatsATransactionThatTheStoreCouldNotTake() {
    client.put(bytes("k"), bytes("1"));
    backing.failBefore(3);

    assertThat(client.put(bytes("k"), bytes("2")).revision()).isEqualTo(2);
  }

  @Test
  void doesATransactionOnceWhoseAnswerWasLost() {
    client.put(bytes("k"), bytes("1"));
    backing.failAfter(1);

    TransactionResult result =
        client.transact(
            Transaction.when(bytes("k"))
                .value(bytes("1"))
                .then(Change.put(bytes("k"), bytes("2"))));

    assertThat(result.succeeded()).isTrue();
    assertThat(client.get(bytes("k"))).contains(new Entry(bytes("k"), bytes("2"), 2));
  }

  @Test
  void losesItsPatience() {
    backing.failBefore(Integer.MAX_VALUE);

    assertFails(ErrorCode.UNAVAILABLE, "", () -> client(HASTY).put(bytes("k"), bytes("1")));
  }

  @Test
  void saysThatTheStoreIsDown() {
    server.close();

    assertFails(ErrorCode.UNAVAILABLE, "", () -> client(HASTY).get(bytes("k")));
  }

  @Test
  void findsAndEntersAStoreThatWasStartedAgain() throws Exception {
    client.put(bytes("k"), bytes("1"));
    Endpoint endpoint = server.endpoint();
    server.close();

    var value = new CompletableFuture<Entry>();
    Thread.ofVirtual().start(() -> value.complete(client.get(bytes("k")).orElseThrow()));
    // The same address, another TLS key, and nobody is known there.
    server = nodes.serve(backing, endpoint);

    assertThat(value.get().value()).isEqualTo(bytes("1"));
  }
}
