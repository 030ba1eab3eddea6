package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.RangeRequest;
import io.teex.rpc.proto.StoreGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How calls fail, and what the caller learns. */
final class FailureTest {
  private static final GetRequest GET = GetRequest.getDefaultInstance();
  private static final Access ACCESS = Access.none().nodes("Get", Role.WORKER);

  @TempDir Path directory;
  private Fixture fixture;

  @BeforeEach
  void start() {
    fixture = new Fixture(directory.resolve("platform"));
  }

  private AttestedServer.Builder serving(Function<GetRequest, GetResponse> get) {
    return fixture.server(Role.STORE).service(new EchoStore(get), ACCESS);
  }

  private AttestedChannel worker(AttestedServer server) {
    return fixture.channel(server).as(fixture.node(Role.WORKER)).open();
  }

  private static TeexException failureOf(AttestedChannel channel) {
    return catchThrowableOfType(
        TeexException.class, () -> channel.call(StoreGrpc.getGetMethod(), GET));
  }

  @Test
  void everyCodeAndMessageArrives() {
    try (AttestedServer server =
            serving(
                    request -> {
                      throw new TeexException(
                          ErrorCode.valueOf(request.getKey().toStringUtf8()),
                          "seen 3 µs, expected \"2\" %");
                    })
                .start();
        AttestedChannel channel = worker(server)) {
      Set<ErrorCode> others =
          EnumSet.complementOf(
              EnumSet.of(
                  ErrorCode.ATTESTATION_REFUSED,
                  ErrorCode.UNKNOWN_MEASUREMENT,
                  ErrorCode.SIMULATED_REFUSED));
      for (ErrorCode code : others) {
        GetRequest request =
            GetRequest.newBuilder().setKey(ByteString.copyFromUtf8(code.name())).build();

        TeexException failure =
            catchThrowableOfType(
                TeexException.class, () -> channel.call(StoreGrpc.getGetMethod(), request));

        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure).hasMessage("seen 3 µs, expected \"2\" %");
      }
    }
  }

  @Test
  void reasonsOfAnAttestationStayHere() {
    try (AttestedServer server =
            serving(
                    request -> {
                      throw new TeexException(ErrorCode.UNKNOWN_MEASUREMENT, "0xabc is not known");
                    })
                .start();
        AttestedChannel channel = worker(server)) {
      TeexException failure = failureOf(channel);

      assertThat(failure.code()).isEqualTo(ErrorCode.ATTESTATION_REFUSED);
      assertThat(failure)
          .hasMessageMatching("attestation refused [0-9a-f]{16}: the verifier's log .*");
    }
  }

  @Test
  void whatNobodyForesawIsAnIdToTheCaller() {
    try (AttestedServer server =
            serving(
                    request -> {
                      throw new IllegalStateException("a secret of ours");
                    })
                .start();
        AttestedChannel channel = worker(server)) {
      TeexException failure = failureOf(channel);

      assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
      assertThat(failure).hasMessageMatching("internal error [0-9a-f]{16}: the callee's log .*");
    }
  }

  @Test
  void longMessagesAreCutOff() {
    try (AttestedServer server =
            serving(
                    request -> {
                      throw new TeexException(ErrorCode.NOT_FOUND, "x".repeat(100_000));
                    })
                .start();
        AttestedChannel channel = worker(server)) {
      TeexException failure = failureOf(channel);

      assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
      assertThat(failure.getMessage()).hasSize(1_000);
    }
  }

  @Test
  void callsThatNobodyMayMakeAreRefused() {
    try (AttestedServer server = serving(request -> GetResponse.getDefaultInstance()).start();
        AttestedChannel dispatcher =
            fixture.channel(server).as(fixture.node(Role.DISPATCHER)).open();
        AttestedChannel user = fixture.channel(server).open();
        AttestedChannel worker = worker(server)) {
      assertThat(failureOf(dispatcher).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
      assertThat(failureOf(user).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
      assertThatThrownBy(
              () -> worker.call(StoreGrpc.getRangeMethod(), RangeRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              TeexException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
    }
  }

  @Test
  void rulesForMethodsThatDoNotExistAreMistakes() {
    assertThatThrownBy(() ->
            fixture.server(Role.STORE).service(new EchoStore(), Access.none().anybody("Gett")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Gett");
    assertThatThrownBy(() -> Access.none().anybody("Get").anybody("Get"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void moreCallsAtOnceThanThereIsRoomForAreRefused() throws Exception {
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    try (AttestedServer server =
            serving(
                    request -> {
                      running.countDown();
                      await(release);
                      return GetResponse.getDefaultInstance();
                    })
                .callsMax(2)
                .start();
        AttestedChannel first = worker(server);
        AttestedChannel second = worker(server);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<GetResponse>> calls = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        calls.add(threads.submit(() -> first.call(StoreGrpc.getGetMethod(), GET)));
      }
      running.await();

      TeexException refused = failureOf(second);
      release.countDown();

      assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(refused).hasMessage("too many calls at once");
      for (Future<GetResponse> call : calls) {
        assertThat(call.get()).isNotNull();
      }
      second.call(StoreGrpc.getGetMethod(), GET);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void callsEndAtTheirDeadline() {
    CountDownLatch release = new CountDownLatch(1);
    try (AttestedServer server =
            serving(
                    request -> {
                      await(release);
                      return GetResponse.getDefaultInstance();
                    })
                .start();
        AttestedChannel channel = worker(server)) {
      channel.connect(Fixture.PATIENCE);

      assertThatThrownBy(() -> channel.call(StoreGrpc.getGetMethod(), GET, Duration.ofMillis(50)))
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
          .hasMessageContaining("did not answer in time");
      release.countDown();
    }
  }

  @Test
  void messagesThatAreTooLongAreNotRead() {
    byte[] large = new byte[70_000];
    GetRequest request = GetRequest.newBuilder().setKey(ByteString.copyFrom(large)).build();
    EchoStore store = new EchoStore();
    try (AttestedServer server =
            fixture.server(Role.STORE).service(store, ACCESS).messageBytesMax(65_536).start();
        AttestedServer roomy = fixture.server(Role.STORE).service(new EchoStore(), ACCESS).start();
        AttestedChannel channel = worker(server);
        AttestedChannel narrow =
            fixture.channel(roomy).as(fixture.node(Role.WORKER)).messageBytesMax(65_536).open();
        AttestedChannel wide = worker(roomy)) {
      TeexException sent =
          catchThrowableOfType(
              TeexException.class, () -> channel.call(StoreGrpc.getGetMethod(), request));
      TeexException answered =
          catchThrowableOfType(
              TeexException.class, () -> narrow.call(StoreGrpc.getGetMethod(), request));

      assertThat(sent.code()).isEqualTo(ErrorCode.MALFORMED);
      assertThat(answered.code()).isEqualTo(ErrorCode.MALFORMED);
      assertThat(wide.call(StoreGrpc.getGetMethod(), request).getEntry().getKey().size())
          .isEqualTo(70_000);
      assertThat(store.calls).hasValue(0);
    }
  }

  @Test
  void aPortIsTakenOnce() {
    try (AttestedServer server = serving(request -> GetResponse.getDefaultInstance()).start()) {
      assertThatThrownBy(() ->
              serving(request -> GetResponse.getDefaultInstance())
                  .listen(server.endpoint())
                  .start())
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PORT_IN_USE))
          .hasMessageContaining(server.endpoint().toString());
    }
  }

  @Test
  void nobodyThereIsSaidSo() {
    AttestedServer gone = serving(request -> GetResponse.getDefaultInstance()).start();
    gone.close();
    try (AttestedChannel channel = worker(gone)) {
      TeexException failure = failureOf(channel);

      assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(failure)
          .hasMessageContaining("store at " + gone.endpoint())
          .hasMessageContaining("refused");
    }
  }

  @Test
  void waitsForAPeerThatStartsLater() throws Exception {
    AttestedServer gone = serving(request -> GetResponse.getDefaultInstance()).start();
    gone.close();
    try (AttestedChannel channel = worker(gone);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Peer.Node> connecting = threads.submit(() -> channel.connect(Fixture.PATIENCE));
      try (AttestedServer server =
          serving(request -> GetResponse.getDefaultInstance()).listen(gone.endpoint()).start()) {
        assertThat(connecting.get().address()).contains(server.endpoint().toString());
      }
    }
  }
}
