package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.SimulatedTee;
import io.teex.protocol.Bytes;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.proto.ChannelGrpc;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.HelloRequest;
import io.teex.rpc.proto.KeyValue;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a crowd of callers can make a server hold, and whom it keeps out. */
@Timeout(60)
final class CrowdTest {
  private static final int FIRST_MESSAGES_BEGUN_MAX = 100;
  private static final int UNREAD_MAX = 10;
  private static final HelloRequest HELLO =
      HelloRequest.newBuilder()
          .setNonce(ByteString.copyFrom(new byte[ServerTransport.NONCE_BYTES]))
          .build();
  private static final GetRequest GET = GetRequest.getDefaultInstance();
  private static final StoreStatusRequest STATUS = StoreStatusRequest.getDefaultInstance();
  private static final Access ACCESS =
      Access.none().users("Get", Role.WORKER).anybody("Range").anybody("Status");

  @TempDir Path directory;
  private Fixture fixture;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

  @BeforeEach
  void start() {
    fixture = new Fixture(directory.resolve("platform"));
  }

  private AttestedServer.Builder serving(EchoStore store) {
    return fixture.server(Role.STORE).service(store, ACCESS).clock(now::get);
  }

  /** Whose room is enough for two answers that a client has not asked for. */
  private AttestedServer.Builder servingLargeAnswers() {
    return serving(new EchoStore(CrowdTest::answer))
        .messageBytesMax(1 << 20)
        .requestBytesMax(5 << 20);
  }

  private RawClient stranger(AttestedServer server) {
    RawClient stranger = RawClient.anonymous(server.endpoint(), fixture);
    stranger.hello();
    return stranger;
  }

  private AttestedChannel worker(AttestedServer server) {
    return fixture.channel(server).as(fixture.node(Role.WORKER)).open();
  }

  @Test
  void nothingLongIsReadBeforeTheFirstMessages() {
    HelloRequest large =
        HelloRequest.newBuilder().setNonce(ByteString.copyFrom(new byte[100_000])).build();
    try (AttestedServer server = serving(new EchoStore()).start();
        RawClient stranger = RawClient.anonymous(server.endpoint(), fixture)) {
      assertThat(
              codeOf(() ->
                  ChannelGrpc.newBlockingStub(stranger.channel())
                      .withDeadlineAfter(10, TimeUnit.SECONDS)
                      .hello(large)))
          .isEqualTo(Status.Code.UNAVAILABLE);

      stranger.hello();
    }
  }

  @Test
  void aConnectionHasFewFirstMessagesUnderWay() {
    try (AttestedServer server = serving(new EchoStore()).start();
        RawClient stranger = RawClient.anonymous(server.endpoint(), fixture);
        RawClient other = RawClient.anonymous(server.endpoint(), fixture)) {
      beginFirstMessages(stranger);

      other.hello();
    }
  }

  @Test
  void aCallTakesItsSlotBeforeItsRequestArrives() {
    try (AttestedServer server = serving(new EchoStore()).callsMax(1).start();
        RawClient first = stranger(server);
        RawClient second = stranger(server)) {
      Unfinished<GetRequest> held = hold(first, GET, () -> second.store().status(STATUS));

      held.cancel();

      awaitServed(() -> second.store().status(STATUS));
    }
  }

  @Test
  void strangersTakeNoSlotOfNodes() {
    try (AttestedServer server = serving(new EchoStore()).callsMax(1).start();
        RawClient stranger = stranger(server);
        RawClient other = stranger(server);
        AttestedChannel worker = worker(server)) {
      hold(stranger, GET, () -> other.store().status(STATUS));

      assertThat(worker.call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();
    }
  }

  @Test
  void whoSendsTooSlowlyLosesTheSlotToOthers() {
    try (AttestedServer server = serving(new EchoStore()).callsMax(1).start();
        RawClient slow = stranger(server);
        RawClient other = stranger(server)) {
      Unfinished<GetRequest> held = hold(slow, GET, () -> other.store().status(STATUS));
      now.updateAndGet(time -> time.plus(Room.TRANSFER_TIME_MAX).plusSeconds(1));

      other.store().status(STATUS);

      assertThat(held.status().getDescription()).contains("did not arrive within 60 s");
    }
  }

  @Test
  void whoNeverEndsARequestIsCutOffThoughNobodyWaits() {
    GetRequest large = request(50_001);
    try (AttestedServer server =
            serving(new EchoStore()).messageBytesMax(60_000).requestBytesMax(100_000).start();
        RawClient slow = stranger(server);
        RawClient other = stranger(server)) {
      Unfinished<GetRequest> held = hold(slow, large, () -> other.store().get(large));
      server.round();
      assertThat(held.isOver()).isFalse();
      now.updateAndGet(time -> time.plus(Room.TRANSFER_TIME_MAX).plusSeconds(1));

      server.round();

      assertThat(held.status().getDescription()).contains("did not arrive within 60 s");
    }
  }

  @Test
  void whoNeverEndsTheFirstMessagesIsCutOffThoughNobodyWaits() {
    try (AttestedServer server = serving(new EchoStore()).start();
        RawClient slow = RawClient.anonymous(server.endpoint(), fixture)) {
      List<Unfinished<HelloRequest>> first = beginFirstMessages(slow);
      now.updateAndGet(time -> time.plus(Room.TRANSFER_TIME_MAX).plusSeconds(1));

      server.round();

      for (Unfinished<HelloRequest> begun : first) {
        assertThat(begun.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      }
    }
  }

  @Test
  void requestsTakeSoManyBytesTogether() {
    GetRequest large = request(50_001);
    try (AttestedServer server =
            serving(new EchoStore()).messageBytesMax(60_000).requestBytesMax(100_000).start();
        RawClient first = stranger(server);
        RawClient second = stranger(server);
        AttestedChannel worker = worker(server)) {
      Unfinished<GetRequest> held = hold(first, large, () -> second.store().get(large));

      assertThat(worker.call(StoreGrpc.getGetMethod(), large).hasEntry()).isTrue();
      second.store().get(request(20_000));
      held.cancel();
      awaitServed(() -> second.store().get(large));
    }
  }

  @Test
  void theOldestIdleStrangerGivesWay() throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Function<GetRequest, GetResponse> waiting =
        request -> {
          running.countDown();
          await(release);
          return GetResponse.getDefaultInstance();
        };
    try (AttestedServer server = serving(new EchoStore(waiting)).strangersMax(2).start();
        AttestedChannel worker = worker(server)) {
      worker.connect(Fixture.PATIENCE);
      try (RawClient busy = stranger(server);
          RawClient idle = stranger(server)) {
        CompletableFuture<Void> call = CompletableFuture.runAsync(() -> busy.store().get(GET));
        running.await();

        try (RawClient newcomer = stranger(server)) {
          newcomer.store().status(STATUS);
          awaitClosed(idle);
          assertThat(call).isNotDone();
        }
        release.countDown();
        call.get();
        assertThat(worker.call(StoreGrpc.getStatusMethod(), STATUS)).isNotNull();
      }
    }
  }

  @Test
  void unfinishedRequestsTakeConnectionsFromNobody() throws Exception {
    try (AttestedServer server = serving(new EchoStore()).strangersMax(2).start();
        RawClient first = stranger(server);
        RawClient second = stranger(server);
        AttestedChannel worker = worker(server)) {
      beginFirstMessages(first);
      beginFirstMessages(second);

      worker.connect(Fixture.PATIENCE);
      awaitClosed(first);
      try (RawClient newcomer = stranger(server);
          RawClient another = stranger(server)) {
        assertThat(newcomer.store().status(STATUS)).isNotNull();
        assertThat(another.store().status(STATUS)).isNotNull();
        awaitClosed(second);
      }
    }
  }

  @Test
  void answersTakeSoManyBytesTogetherUntilTheyAreRead() {
    try (AttestedServer server = servingLargeAnswers().start();
        RawClient slow = stranger(server);
        RawClient other = stranger(server);
        AttestedChannel worker = worker(server)) {
      List<Unfinished<GetRequest>> unread = leaveUnread(slow, () -> other.store().get(GET));

      assertThat(other.store().status(STATUS)).isNotNull();
      assertThat(worker.call(StoreGrpc.getGetMethod(), GET).hasEntry()).isTrue();

      unread.forEach(Unfinished::cancel);
      awaitServed(() -> other.store().get(GET));
    }
  }

  @Test
  void anAnswerThatHasNoRoomIsNotPutTogether() {
    AtomicInteger made = new AtomicInteger();
    EchoStore store =
        new EchoStore(request -> {
          Reply.makeRoom(request.getKey().size() * 3L);
          made.incrementAndGet();
          return answer(request);
        });
    try (AttestedServer server =
            serving(store).messageBytesMax(1 << 20).requestBytesMax(2_500_000).start();
        RawClient stranger = stranger(server)) {
      assertThat(codeOf(() -> stranger.store().get(request(900_000))))
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(made).hasValue(0);

      // Made room for more than there is in the end: that counts only while it is made.
      assertThat(stranger.store().get(request(800_000)).hasEntry()).isTrue();
      assertThat(made).hasValue(1);
    }
  }

  @Test
  void whoReadsTooSlowlyIsCutOffOnceOthersNeedTheRoom() throws Exception {
    try (AttestedServer server = servingLargeAnswers().start();
        RawClient slow = stranger(server);
        RawClient other = stranger(server)) {
      leaveUnread(slow, () -> other.store().get(GET));
      now.updateAndGet(time -> time.plus(Room.TRANSFER_TIME_MAX).plusSeconds(1));

      assertThat(other.store().get(GET).hasEntry()).isTrue();

      awaitClosed(slow);
    }
  }

  @Test
  void fewFirstAnswersWaitToBeRead() {
    AtomicInteger made = new AtomicInteger();
    try (AttestedServer server = AttestedServer.as(nodeWithALongLog(made), fixture.policy).start();
        RawClient slow = RawClient.anonymous(server.endpoint(), fixture);
        RawClient other = RawClient.anonymous(server.endpoint(), fixture)) {
      List<Unfinished<HelloRequest>> unread = new ArrayList<>();

      while (unread.stream().noneMatch(Unfinished::isOver)) {
        assertThat(unread.size()).isLessThan(UNREAD_MAX);
        int before = made.get();
        Unfinished<HelloRequest> begun =
            Unfinished.beginUnread(slow, ChannelGrpc.getHelloMethod(), HELLO);
        unread.add(begun);
        while (made.get() == before && !begun.isOver()) {
          Thread.onSpinWait();
        }
      }

      other.hello();
    }
  }

  /** Such that one answer is most of what the first messages of a connection may take. */
  private NodeIdentity nodeWithALongLog(AtomicInteger made) {
    SimulatedTee tee = fixture.platform.tee(Fixture.measurement(Role.STORE));
    Collateral log = new Collateral(Map.of(CollateralName.EVENT_LOG, Bytes.of(new byte[60_000])));
    FakeTee counting =
        new FakeTee(wanted -> {
          made.incrementAndGet();
          return new Endorsed(tee.evidence(wanted), log);
        });
    return NodeIdentity.create(
        Role.STORE, counting, SigningKey.generate(Fixture.RANDOM), Fixture.CLOCK, Fixture.RANDOM);
  }

  @Test
  void compressedRequestsAreRefused() {
    try (AttestedServer server = serving(new EchoStore()).start();
        RawClient stranger = stranger(server)) {
      assertThat(codeOf(() -> stranger.store().withCompression("gzip").get(request(50_000))))
          .isEqualTo(Status.Code.UNIMPLEMENTED);
    }
  }

  /** More than a client takes that does not ask for it. */
  private static GetResponse answer(GetRequest request) {
    return GetResponse.newBuilder()
        .setEntry(KeyValue.newBuilder().setValue(ByteString.copyFrom(new byte[2 << 20])))
        .build();
  }

  /** Begins as many first messages as a connection may have under way, and ends none. */
  private static List<Unfinished<HelloRequest>> beginFirstMessages(RawClient client) {
    List<Unfinished<HelloRequest>> begun = new ArrayList<>();
    // A call is under way only a moment after it was begun, and one too many is refused.
    while (!isRefused(client::hello)) {
      assertThat(begun.size()).isLessThan(FIRST_MESSAGES_BEGUN_MAX);
      begun.add(Unfinished.begin(client, ChannelGrpc.getHelloMethod()));
    }
    return begun;
  }

  /** Calls of Get whose answers nobody reads, which leave no room for {@code probe}. */
  private static List<Unfinished<GetRequest>> leaveUnread(RawClient client, Runnable probe) {
    List<Unfinished<GetRequest>> unread = new ArrayList<>();
    int refusals = 0;
    while (refusals < 5) {
      if (refusals == 0) {
        unread.add(Unfinished.beginUnread(client, StoreGrpc.getGetMethod(), GET));
        assertThat(unread.size()).isLessThan(FIRST_MESSAGES_BEGUN_MAX);
      }
      refusals = isRefused(probe) ? refusals + 1 : 0;
    }
    return unread;
  }

  /** A call of Get that never ends and leaves no room for {@code probe}. */
  private static Unfinished<GetRequest> hold(RawClient client, GetRequest request, Runnable probe) {
    while (true) {
      Unfinished<GetRequest> held = Unfinished.begin(client, StoreGrpc.getGetMethod());
      held.send(request);
      int refusals = 0;
      // One refusal may come from the probe before it; that one may also have kept the call out.
      while (refusals < 5 && !held.isOver()) {
        refusals = isRefused(probe) ? refusals + 1 : 0;
      }
      if (!held.isOver()) {
        return held;
      }
      // A client that is at its limit of streams may never begin the next one: on with a new
      // connection.
      client.connection().enterIdle();
      client.hello();
    }
  }

  private static boolean isRefused(Runnable probe) {
    try {
      probe.run();
      return false;
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      return true;
    }
  }

  private static GetRequest request(int bytes) {
    return GetRequest.newBuilder().setKey(ByteString.copyFrom(new byte[bytes])).build();
  }

  private static Status.Code codeOf(Runnable call) {
    return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
  }

  /** A cancelled call is over a moment after its caller says so. */
  private static void awaitServed(Runnable call) {
    while (isRefused(call)) {
      Thread.onSpinWait();
    }
  }

  private static void awaitClosed(RawClient client) throws InterruptedException {
    ManagedChannel channel = client.connection();
    while (true) {
      ConnectivityState state = channel.getState(false);
      if (state != ConnectivityState.READY) {
        return;
      }
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      changed.await();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A call whose request never ends, or whose answer is never read. */
  private static final class Unfinished<Q> {
    private final ClientCall<Q, ?> call;
    private final CompletableFuture<Status> closed;

    private Unfinished(ClientCall<Q, ?> call, CompletableFuture<Status> closed) {
      this.call = call;
      this.closed = closed;
    }

    static <Q, A> Unfinished<Q> begin(RawClient client, MethodDescriptor<Q, A> method) {
      Unfinished<Q> begun = start(client, method);
      begun.call.request(1);
      return begun;
    }

    /** A call whose request is complete and whose answer is not asked for. */
    static <Q, A> Unfinished<Q> beginUnread(
        RawClient client, MethodDescriptor<Q, A> method, Q request) {
      Unfinished<Q> begun = start(client, method);
      begun.send(request);
      begun.call.halfClose();
      return begun;
    }

    private static <Q, A> Unfinished<Q> start(RawClient client, MethodDescriptor<Q, A> method) {
      ClientCall<Q, A> call = client.channel().newCall(method, CallOptions.DEFAULT);
      CompletableFuture<Status> closed = new CompletableFuture<>();
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              closed.complete(status);
            }
          },
          new Metadata());
      return new Unfinished<>(call, closed);
    }

    /** Sends a request without its end. */
    void send(Q request) {
      call.sendMessage(request);
    }

    boolean isOver() {
      return closed.isDone();
    }

    void cancel() {
      call.cancel("the test is done with it", null);
    }

    Status status() {
      return closed.orTimeout(Duration.ofSeconds(30).toSeconds(), TimeUnit.SECONDS).join();
    }
  }
}
