package io.teex.rpc.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.teex.attestation.Policy;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.Access;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.Peer;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.RangeRequest;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls over HTTP between a caller and a node that are both honest, and whom a caller refuses. */
@Timeout(60)
final class SealedCallerTest {
  private static final StoreStatusRequest STATUS = StoreStatusRequest.getDefaultInstance();

  @TempDir Path directory;
  private WebFixture node;
  private SealedCaller caller;

  @BeforeEach
  void start() {
    node = new WebFixture(directory);
    caller = node.caller().open();
  }

  @AfterEach
  void stop() {
    caller.close();
    node.close();
  }

  private static GetRequest get(String key) {
    return GetRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
  }

  @Test
  void callsTheMethodsOfAnonymousCallers() {
    GetResponse answer = caller.call(StoreGrpc.getGetMethod(), get("hello"));

    assertThat(answer.getEntry().getKey().toStringUtf8()).isEqualTo("hello");
    assertThat(caller.call(StoreGrpc.getStatusMethod(), STATUS).getRollbackProtection())
        .isEqualTo("Anonymous");
  }

  @Test
  void knowsWhomItCalls() {
    Peer.Node peer = caller.connect();

    assertThat(peer.role()).isEqualTo(Role.STORE);
    assertThat(peer.tlsKeyHash()).isEqualTo(node.identity.tlsKeyHash());
    assertThat(peer.simulated()).isTrue();
    assertThat(peer.platformId()).isEqualTo(node.identity.tee().platformId());
  }

  @Test
  void callsOfAMegabytePass() {
    GetRequest large =
        GetRequest.newBuilder().setKey(ByteString.copyFrom(new byte[1 << 20])).build();

    assertThat(caller.call(StoreGrpc.getGetMethod(), large).getEntry().getKey())
        .isEqualTo(large.getKey());
  }

  @Test
  void manyCallAtOnce() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<String> answers = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 50; i++) {
      String key = "key " + i;
      threads.add(
          Thread.startVirtualThread(() ->
              answers.add(
                  caller
                      .call(StoreGrpc.getGetMethod(), get(key))
                      .getEntry()
                      .getKey()
                      .toStringUtf8())));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(answers).hasSize(50).doesNotHaveDuplicates();
  }

  @Test
  void whatTheServiceSaysOfAFailureComesWithItsCode() {
    WebFixture.EchoStore failing =
        new WebFixture.EchoStore(request -> {
          throw new TeexException(ErrorCode.LICENCE_EXHAUSTED, "all \"2\" uses");
        });
    try (WebFixture other = failing(failing);
        SealedCaller calling = other.caller().open()) {
      assertRefused(
          ErrorCode.LICENCE_EXHAUSTED,
          "all \"2\" uses",
          () -> calling.call(StoreGrpc.getGetMethod(), get("x")));
    }
  }

  @Test
  void whatBreaksInTheServiceStaysThere() {
    WebFixture.EchoStore failing =
        new WebFixture.EchoStore(request -> {
          throw new IllegalStateException("a secret of the node");
        });
    try (WebFixture other = failing(failing);
        SealedCaller calling = other.caller().open()) {
      assertThatThrownBy(() -> calling.call(StoreGrpc.getGetMethod(), get("x")))
          .hasMessageContaining("internal error")
          .hasMessageNotContaining("secret");
    }
  }

  private WebFixture failing(WebFixture.EchoStore store) {
    return new WebFixture(directory.resolve("failing"), store, calls -> calls, http -> http);
  }

  @Test
  void methodsOfNodesAreNotForIt() {
    assertRefused(
        ErrorCode.PERMISSION_DENIED,
        "in the clear: a caller that proved nothing",
        () -> caller.call(StoreGrpc.getRangeMethod(), RangeRequest.getDefaultInstance()));
    assertRefused(
        ErrorCode.NOT_FOUND,
        "no such method",
        () ->
            caller.call(
                io.teex.rpc.proto.ChannelGrpc.getHelloMethod(),
                io.teex.rpc.proto.HelloRequest.getDefaultInstance()));
    assertThat(node.store.calls).hasValue(0);
  }

  @Test
  void aNodeOfAnotherRoleIsRefused() {
    try (SealedCaller worker = SealedCaller.to(node.uri(), Role.WORKER, node.policy).open()) {
      assertRefused(ErrorCode.ATTESTATION_REFUSED, "report-data", worker::connect);
    }
  }

  @Test
  void aSimulatedNodeIsRefusedByAPolicyThatDoesNotNameItsRoot() {
    try (SealedCaller strict = SealedCaller.to(node.uri(), Role.STORE, Policy.refuseAll()).open()) {
      assertRefused(ErrorCode.SIMULATED_REFUSED, "kind-not-allowed", () -> strict.connect());
    }
  }

  @Test
  void anotherMeasurementIsRefused() {
    NodeIdentity foreign = node.node(Role.STORE, WebFixture.measurement(Role.WORKER));
    try (AttestedServer server = AttestedServer.as(foreign, node.policy).start();
        WebServer web = WebServer.as(foreign, server.anonymousCalls()).start();
        SealedCaller calling = node.caller(URI.create("http://" + web.endpoint())).open()) {
      assertRefused(ErrorCode.ATTESTATION_REFUSED, "may not act as STORE", calling::connect);
    }
  }

  @Test
  void whoeverIsNotTheRequiredNodeGetsNothing() {
    Bytes32 required = Bytes32.random(WebFixture.RANDOM);
    try (SealedCaller calling =
        node.caller()
            .requiring(peer -> {
              if (!peer.tlsKeyHash().equals(required)) {
                throw new TeexException(ErrorCode.CERTIFICATE_INVALID, "another TLS key");
              }
            })
            .open()) {
      assertRefused(
          ErrorCode.CERTIFICATE_INVALID,
          "another TLS key",
          () -> calling.call(StoreGrpc.getStatusMethod(), STATUS));
      assertThat(node.store.calls).hasValue(0);
    }
  }

  @Test
  void aNewKeyOfTheNodeIsNoticedByItself() {
    caller.call(StoreGrpc.getStatusMethod(), STATUS);
    for (int hours = 0; hours < 3; hours++) {
      node.passes(HpkeKeys.LIFE);

      caller.call(StoreGrpc.getStatusMethod(), STATUS);
    }
    assertThat(node.store.calls).hasValue(4);
  }

  @Test
  void aNodeThatStartedAgainHasAnotherKey() {
    caller.call(StoreGrpc.getStatusMethod(), STATUS);
    node.web.close();
    AttestedServer fresh =
        AttestedServer.as(node.identity, node.policy)
            .service(node.store, Access.none().users("Status"))
            .start();
    try (fresh;
        WebServer web =
            WebServer.as(node.identity, fresh.anonymousCalls())
                .listen(node.web.endpoint())
                .start()) {
      assertThat(web.endpoint()).isEqualTo(node.web.endpoint());
      caller.call(StoreGrpc.getStatusMethod(), STATUS);
    }
    assertThat(node.store.calls).hasValue(2);
  }

  @Test
  void aNodeThatIsGoneIsUnavailable() {
    node.web.close();

    assertRefused(
        ErrorCode.UNAVAILABLE,
        "cannot be reached",
        () -> caller.call(StoreGrpc.getStatusMethod(), STATUS));
  }

  @Test
  void aNodeIsJudgedAgainAfterAMinute() {
    List<Peer.Node> judged = new ArrayList<>();
    try (SealedCaller calling = node.caller().requiring(judged::add).open()) {
      calling.call(StoreGrpc.getStatusMethod(), STATUS);
      calling.call(StoreGrpc.getStatusMethod(), STATUS);
      assertThat(judged).hasSize(1);

      node.passes(SealedCaller.JUDGED_FOR.plus(Duration.ofSeconds(1)));
      calling.call(StoreGrpc.getStatusMethod(), STATUS);

      assertThat(judged).hasSize(2);
    }
  }

  @Test
  void aLongAnswerIsNotRead() {
    try (SealedCaller calling = node.caller().messageBytesMax(100).open()) {
      GetRequest long200 = get("x".repeat(200));

      assertRefused(
          ErrorCode.UNAVAILABLE,
          "cannot be reached",
          () -> calling.call(StoreGrpc.getGetMethod(), long200));
    }
  }

  private static void assertRefused(ErrorCode code, String words, ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(words);
  }
}
