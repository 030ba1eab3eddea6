package io.teex.rpc.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.KeyValue;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a crowd of callers over HTTP can make a node hold, and whom it keeps out. */
@Timeout(120)
final class WebCrowdTest {
  private static final StoreStatusRequest STATUS = StoreStatusRequest.getDefaultInstance();
  private static final String GET = "/call/teex.Store/Get";
  private static final int CROWD = 10_000;
  private static final int CONNECTIONS_MAX = 512;

  @TempDir Path directory;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable resource : opened.reversed()) {
      resource.close();
    }
  }

  private WebFixture node(
      UnaryOperator<AttestedServer.Builder> calls, UnaryOperator<WebServer.Builder> http) {
    return node(new WebFixture.EchoStore(), calls, http);
  }

  private WebFixture node(
      WebFixture.EchoStore store,
      UnaryOperator<AttestedServer.Builder> calls,
      UnaryOperator<WebServer.Builder> http) {
    return open(new WebFixture(directory, store, calls, http));
  }

  private RawHttp connect(WebFixture node) throws IOException {
    return open(new RawHttp(node.web.endpoint()));
  }

  private SealedCaller caller(WebFixture node) {
    return open(node.caller().open());
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  @Test
  void whatIsAnnouncedTooLongIsNotRead() throws Exception {
    WebFixture node = node(calls -> calls.messageBytesMax(1_000), http -> http);

    assertThat(connect(node).send(RawHttp.post(GET, 1_049)).rest())
        .startsWith("HTTP/1.1 413 ")
        .contains("at most 1048 bytes");
    assertThat(connect(node).send(RawHttp.post(GET, 1_048) + "x".repeat(1_048)).rest())
        .contains("BLOB_TAMPERED");
    assertThat(connect(node).send(RawHttp.post(GET, Integer.MAX_VALUE)).rest())
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void whatGrowsTooLongIsReadNoFurther() throws Exception {
    WebFixture node = node(calls -> calls.messageBytesMax(1_000), http -> http);
    RawHttp endless = connect(node);

    endless.send("POST %s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".formatted(GET));
    for (int i = 0; i < 11; i++) {
      endless.send("64\r\n%s\r\n".formatted("x".repeat(100)));
    }

    assertThat(endless.rest()).startsWith("HTTP/1.1 413 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "POST /call/te", "POST " + GET + " HTTP/1.1\r\nContent-Length: 9\r\n\r\nx"})
  void whoSendsTooSlowlyIsCutOff(String beginning) throws Exception {
    WebFixture node =
        node(calls -> calls.callsMax(1), http -> http.exchangeTimeMax(Duration.ofMillis(200)));

    assertThat(connect(node).send(beginning).rest())
        .startsWith("HTTP/1.1 408 ")
        .contains("did not arrive in time");
    assertThat(caller(node).call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();
  }

  @Test
  void whoReadsTooSlowlyIsCutOff() throws Exception {
    WebFixture.EchoStore large =
        new WebFixture.EchoStore(request ->
            GetResponse.newBuilder()
                .setEntry(KeyValue.newBuilder().setValue(ByteString.copyFrom(new byte[15 << 20])))
                .build());
    WebFixture node =
        node(
            large,
            calls -> calls.callsMax(1),
            http -> http.exchangeTimeMax(Duration.ofMillis(500)));
    SealedCaller slow = caller(node);
    Relay relay = open(new Relay(node.uri()));
    try (SealedCaller recorded = node.caller(relay.uri()).open()) {
      recorded.call(StoreGrpc.getGetMethod(), GetRequest.getDefaultInstance());
    }
    byte[] request = relay.questions.getLast().body();

    RawHttp reader = connect(node);
    reader.send(RawHttp.post(GET, request.length)).send(request).some();

    awaitServed(slow);
    assertThat(large.calls).hasValueGreaterThanOrEqualTo(3);
  }

  @Test
  void longHeadersAreNotRead() throws Exception {
    WebFixture node = node(calls -> calls, http -> http);

    assertThat(
            connect(node)
                .send("GET / HTTP/1.1\r\nX: %s\r\n\r\n".formatted("x".repeat(10_000)))
                .rest())
        .startsWith("HTTP/1.1 400 ");
    assertThat(connect(node).send("GET /%s HTTP/1.1\r\n\r\n".formatted("x".repeat(2_000))).rest())
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void tenThousandConnectionsHoldNobodyUp() throws Exception {
    WebFixture node = node(calls -> calls, http -> http);
    List<RawHttp> crowd = new ArrayList<>();
    for (int i = 0; i < CROWD; i++) {
      crowd.add(connect(node).send("GET /att"));
    }

    assertThat(caller(node).call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();

    for (RawHttp early : crowd.subList(0, CROWD - CONNECTIONS_MAX)) {
      assertThat(early.isClosed()).isTrue();
    }
  }

  @Test
  void unfinishedRequestsTakeConnectionsFromNobody() throws Exception {
    WebFixture node = node(calls -> calls, http -> http.connectionsMax(2));
    RawHttp first = connect(node).send(RawHttp.post(GET, 100));
    connect(node).send(RawHttp.post(GET, 100));

    assertThat(caller(node).call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();
    assertThat(first.isClosed()).isTrue();
  }

  @Test
  void itsRoomIsThatOfStrangersOnAttestedChannels() throws Exception {
    WebFixture node = node(calls -> calls.callsMax(1), http -> http);
    SealedCaller caller = caller(node);
    AttestedChannel stranger =
        open(
            AttestedChannel.to(node.server.endpoint(), Role.STORE, node.policy)
                .clock(node.now::get)
                .open());
    AttestedChannel worker =
        open(
            AttestedChannel.to(node.server.endpoint(), Role.STORE, node.policy)
                .as(node.node(Role.WORKER, WebFixture.measurement(Role.WORKER)))
                .clock(node.now::get)
                .open());
    stranger.connect(Duration.ofSeconds(10));
    RawHttp held = connect(node).send(RawHttp.post(GET, 100));
    awaitRefused(caller);

    assertFull(() -> stranger.call(StoreGrpc.getStatusMethod(), STATUS));
    assertThat(worker.call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();

    // Others wait, so whoever is slow has to go.
    node.passes(Duration.ofSeconds(61));
    assertThat(caller.call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();
    assertThat(held.isClosed()).isTrue();
    assertThat(stranger.call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();
  }

  @Test
  void requestsTakeSoManyBytesTogether() throws Exception {
    WebFixture node =
        node(calls -> calls.messageBytesMax(30_000).requestBytesMax(100_000), http -> http);
    SealedCaller caller = caller(node);
    GetRequest large =
        GetRequest.newBuilder().setKey(ByteString.copyFrom(new byte[15_000])).build();
    caller.call(StoreGrpc.getGetMethod(), large);
    RawHttp held = connect(node);
    // What has arrived is counted, with the copies that will be made of it, and not what may come.
    held.send(RawHttp.post(GET, 30_000)).send(new byte[29_999]);

    awaitFull(() -> caller.call(StoreGrpc.getGetMethod(), large));

    assertThat(caller.call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();
    held.close();
    await(() -> caller.call(StoreGrpc.getGetMethod(), large));
  }

  @Test
  void anAnswerThatHasNoRoomIsSaidToUnderSeal() {
    WebFixture.EchoStore large =
        new WebFixture.EchoStore(request ->
            GetResponse.newBuilder()
                .setEntry(KeyValue.newBuilder().setValue(ByteString.copyFrom(new byte[100_000])))
                .build());
    WebFixture node =
        node(large, calls -> calls.messageBytesMax(10_000).requestBytesMax(100_000), http -> http);

    assertThatThrownBy(
            () -> caller(node).call(StoreGrpc.getGetMethod(), GetRequest.getDefaultInstance()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
        .hasMessageStartingWith("no room for an answer");
  }

  private static void awaitRefused(SealedCaller caller) {
    awaitFull(() -> caller.call(StoreGrpc.getStatusMethod(), STATUS));
  }

  private static void awaitServed(SealedCaller caller) {
    await(() -> caller.call(StoreGrpc.getStatusMethod(), STATUS));
  }

  /** What a test sends arrives a moment later. */
  private static void awaitFull(Runnable call) {
    while (isServed(call)) {
      Thread.onSpinWait();
    }
  }

  private static void await(Runnable call) {
    while (!isServed(call)) {
      Thread.onSpinWait();
    }
  }

  private static boolean isServed(Runnable call) {
    try {
      call.run();
      return true;
    } catch (TeexException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.UNAVAILABLE);
      return false;
    }
  }

  private static void assertFull(Runnable call) {
    assertThat(isServed(call)).isFalse();
  }
}
