package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Context;
import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.GetResponse;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a live connection when the grounds change on which its peer was accepted. */
final class JudgedAgainTest {
  private static final GetRequest GET = GetRequest.getDefaultInstance();
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final long PATIENCE_SECONDS = 20;

  @TempDir Path directory;
  private Fixture fixture;
  private Changing ofServer;
  private Changing ofClient;
  private Call call;
  private AttestedServer server;
  private AttestedChannel channel;

  /** Grounds that a test changes. */
  private static final class Changing implements Grounds {
    volatile Policy policy;
    volatile Duration ahead = Duration.ZERO;

    Changing(Policy policy) {
      this.policy = policy;
    }

    @Override
    public Policy policy() {
      return policy;
    }

    @Override
    public Collateral collateral(Evidence evidence, Collateral alongside) {
      return Collateral.none();
    }

    @Override
    public TimeInterval time() {
      return TimeInterval.at(Fixture.CLOCK.instant().plus(ahead));
    }
  }

  /** A call that runs until it is let go, and says when the server's side of it is cancelled. */
  private static final class Call {
    final CountDownLatch release = new CountDownLatch(1);
    final BlockingQueue<Context> running = new LinkedBlockingQueue<>();
    final CountDownLatch cancelled = new CountDownLatch(1);

    GetResponse serve(GetRequest request) {
      Context context = Context.current();
      context.addListener(ended -> cancelled.countDown(), Runnable::run);
      running.add(context);
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return GetResponse.getDefaultInstance();
    }
  }

  @BeforeEach
  void connect() {
    fixture = new Fixture(directory.resolve("platform"));
    ofServer = new Changing(fixture.policy);
    ofClient = new Changing(fixture.policy);
    call = new Call();
    server =
        AttestedServer.as(fixture.node(Role.STORE), ofServer)
            .service(
                new EchoStore(call::serve),
                Access.none().nodes("Get", Role.WORKER).anybody("Status"))
            .start();
    channel =
        AttestedChannel.to(server.endpoint(), Role.STORE, ofClient)
            .as(fixture.node(Role.WORKER))
            .open();
  }

  @AfterEach
  void disconnect() {
    call.release.countDown();
    channel.close();
    server.close();
  }

  private Future<GetResponse> callUnderWay() throws InterruptedException {
    CompletableFuture<GetResponse> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            answer.complete(channel.call(StoreGrpc.getGetMethod(), GET, LONG));
          } catch (TeexException e) {
            answer.completeExceptionally(e);
          }
        });
    assertThat(call.running.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    return answer;
  }

  private static TeexException failureOf(Future<GetResponse> call) {
    ExecutionException failure =
        catchThrowableOfType(
            ExecutionException.class, () -> call.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    return (TeexException) Objects.requireNonNull(failure.getCause());
  }

  private void callStatus() {
    channel.call(StoreGrpc.getStatusMethod(), StoreStatusRequest.getDefaultInstance());
  }

  private void requireRefused(ErrorCode code) {
    assertThatThrownBy(this::callStatus)
        .isInstanceOfSatisfying(TeexException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void aCallerThatTheNewPolicyRefusesIsCutOff() throws Exception {
    Future<GetResponse> running = callUnderWay();

    ofServer.policy = Policy.refuseAll();
    server.judgeAgain();

    assertThat(call.cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(failureOf(running).code()).isEqualTo(ErrorCode.UNAVAILABLE);
    requireRefused(ErrorCode.ATTESTATION_REFUSED);
  }

  @Test
  void aServerThatTheNewPolicyRefusesIsCutOff() throws Exception {
    Future<GetResponse> running = callUnderWay();

    ofClient.policy = Policy.refuseAll();
    channel.judgeAgain();

    assertThat(failureOf(running).code()).isEqualTo(ErrorCode.SIMULATED_REFUSED);
    assertThat(call.cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    requireRefused(ErrorCode.SIMULATED_REFUSED);
  }

  @Test
  void whoIsAcceptedAgainMayComeBack() throws Exception {
    Future<GetResponse> running = callUnderWay();
    ofServer.policy = Policy.refuseAll();
    server.judgeAgain();
    failureOf(running);
    ofServer.policy = fixture.policy;
    ofClient.policy = Policy.refuseAll();
    channel.judgeAgain();
    ofClient.policy = fixture.policy;

    callStatus();
  }

  @Test
  void aCallerWhoseCertificateExpiredIsCutOff() throws Exception {
    Future<GetResponse> running = callUnderWay();

    ofServer.ahead = NodeIdentity.CERTIFICATE_LIFETIME.plusMinutes(1);
    server.judgeAgain();

    assertThat(call.cancelled.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(failureOf(running).code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void aServerWhoseCertificateExpiredIsCutOff() throws Exception {
    Future<GetResponse> running = callUnderWay();

    ofClient.ahead = NodeIdentity.CERTIFICATE_LIFETIME.plusMinutes(1);
    channel.judgeAgain();

    assertThat(failureOf(running))
        .hasMessageContaining("it holds from")
        .extracting(TeexException::code)
        .isEqualTo(ErrorCode.ATTESTATION_REFUSED);
  }

  @Test
  void callsOfPeersThatAreStillAcceptedRunOn() throws Exception {
    Future<GetResponse> running = callUnderWay();
    ofServer.policy = Policy.parse(fixture.policy.toJson().replace("\"test\"", "\"another\""));
    ofClient.policy = ofServer.policy;

    server.judgeAgain();
    channel.judgeAgain();
    call.release.countDown();

    assertThat(running.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    assertThat(ofServer.policy.name()).isEqualTo("another");
  }

  @Test
  void aConnectionIsReplacedBeforeACertificateExpiresAndItsCallsRunOn() throws Exception {
    Future<GetResponse> running = callUnderWay();
    Object before = channelPeer();

    ofClient.ahead = NodeIdentity.CERTIFICATE_LIFETIME.minusHours(1);
    channel.judgeAgain();

    assertThat(channelPeer()).isNotSameAs(before);
    call.release.countDown();
    assertThat(running.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
  }

  private Peer.Node channelPeer() {
    return channel.connect(Fixture.PATIENCE);
  }

  @Test
  void callersThatProvedNothingAreLeftAlone() {
    try (AttestedChannel user =
        AttestedChannel.to(server.endpoint(), Role.STORE, ofClient).open()) {
      user.call(StoreGrpc.getStatusMethod(), StoreStatusRequest.getDefaultInstance());
      ofServer.policy = Policy.refuseAll();

      server.judgeAgain();

      user.call(StoreGrpc.getStatusMethod(), StoreStatusRequest.getDefaultInstance());
    }
  }
}
