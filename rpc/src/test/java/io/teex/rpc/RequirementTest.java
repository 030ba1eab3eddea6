package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.attestation.Collateral;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeexException;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.StoreGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of peers besides the policy, and what becomes of those who do not meet it now. */
final class RequirementTest {
  private static final Domain DOMAIN = new Domain(31_337, address(1));

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Chain chain = new Chain();
  private final Time time = new Time();
  private @Nullable Fixture fixture;

  /** What a chain says of whoever is asked about. */
  private static final class Chain implements Consumer<Peer.Node> {
    final List<Peer.Node> asked = new ArrayList<>();
    @Nullable TeexException answer;

    @Override
    public synchronized void accept(Peer.Node peer) {
      asked.add(peer);
      if (answer != null) {
        throw answer;
      }
    }

    synchronized void says(ErrorCode code) {
      answer = new TeexException(code, "as the test wants it");
    }

    synchronized void isBack() {
      answer = null;
    }
  }

  /** Time that passes as a test wants it, also for all certificates. */
  private static final class Time {
    Duration passed = Duration.ZERO;

    Instant instant() {
      return Fixture.CLOCK.instant().plus(passed);
    }
  }

  private Fixture fixture() {
    if (fixture == null) {
      fixture = new Fixture(directory.resolve("platform"));
    }
    return fixture;
  }

  private Grounds grounds() {
    return new Grounds() {
      @Override
      public Policy policy() {
        return fixture().policy;
      }

      @Override
      public Collateral collateral(Evidence evidence, Collateral alongside) {
        return Collateral.none();
      }

      @Override
      public TimeInterval time() {
        return TimeInterval.at(time.instant());
      }
    };
  }

  private static Address address(int last) {
    byte[] value = new byte[Address.SIZE];
    value[Address.SIZE - 1] = (byte) last;
    return new Address(Bytes.of(value));
  }

  private AttestedServer server(NodeIdentity identity, Consumer<Peer.Node> ofCallers) {
    AttestedServer server =
        AttestedServer.as(identity, grounds())
            .service(new EchoStore(), Access.none().nodes("Get", Role.WORKER))
            .requiring(ofCallers)
            .start();
    open.add(server);
    return server;
  }

  private AttestedChannel channel(AttestedServer server, Consumer<Peer.Node> ofServer) {
    AttestedChannel channel =
        AttestedChannel.to(server.endpoint(), Role.STORE, grounds())
            .as(fixture().node(Role.WORKER))
            .requiring(ofServer)
            .open();
    open.add(channel);
    return channel;
  }

  private static void call(AttestedChannel channel) {
    channel.call(StoreGrpc.getGetMethod(), GetRequest.getDefaultInstance());
  }

  /** What further calls fail with, once it is noticed that the connection is gone. */
  private static void requireRefused(AttestedChannel channel, ErrorCode code) {
    for (int i = 0; i < 100; i++) {
      TeexException failure = catchThrowableOfType(TeexException.class, () -> call(channel));
      if (failure.code() != ErrorCode.UNAVAILABLE) {
        assertThat(failure.code()).as(failure.toString()).isEqualTo(code);
        return;
      }
    }
    throw new AssertionError("the connection stays lost");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void aServerThatTheChainTurnedAgainstIsCutOff() {
    AttestedChannel channel = channel(server(fixture().node(Role.STORE), peer -> {}), chain);
    call(channel);

    chain.says(ErrorCode.NODE_NOT_OPERATED);
    call(channel);
    channel.judgeAgain();

    requireRefused(channel, ErrorCode.NODE_NOT_OPERATED);
  }

  @Test
  void aCallerThatTheChainTurnedAgainstIsCutOff() {
    AttestedServer server = server(fixture().node(Role.STORE), chain);
    AttestedChannel channel = channel(server, peer -> {});
    call(channel);

    chain.says(ErrorCode.CERTIFICATE_INVALID);
    call(channel);
    server.judgeAgain();

    requireRefused(channel, ErrorCode.CERTIFICATE_INVALID);
    chain.isBack();
    call(channel);
  }

  @Test
  void everybodyIsAskedAboutAgainInEveryRound() {
    AttestedServer server = server(fixture().node(Role.STORE), chain);
    AttestedChannel channel = channel(server, chain);
    call(channel);
    assertThat(chain.asked).hasSize(2);

    server.judgeAgain();
    channel.judgeAgain();

    assertThat(chain.asked)
        .extracting(Peer.Node::role)
        .containsExactlyInAnyOrder(Role.STORE, Role.STORE, Role.WORKER, Role.WORKER);
  }

  @Test
  void whoIsConnectedStaysForAWhileWithoutAChainAndNoLonger() {
    AttestedServer server = server(fixture().node(Role.STORE), chain);
    AttestedChannel channel = channel(server, chain);
    call(channel);
    chain.says(ErrorCode.CHAIN_UNAVAILABLE);

    time.passed = Met.UNANSWERED_MAX.minusMinutes(1);
    server.judgeAgain();
    channel.judgeAgain();
    call(channel);
    time.passed = Met.UNANSWERED_MAX.plusMinutes(1);
    server.judgeAgain();

    requireRefused(channel, ErrorCode.CHAIN_UNAVAILABLE);
  }

  @Test
  void aServerStaysWithoutAChainNoLongerEither() {
    AttestedChannel channel = channel(server(fixture().node(Role.STORE), peer -> {}), chain);
    call(channel);
    chain.says(ErrorCode.CHAIN_UNAVAILABLE);

    time.passed = Met.UNANSWERED_MAX.plusMinutes(1);
    channel.judgeAgain();

    requireRefused(channel, ErrorCode.CHAIN_UNAVAILABLE);
  }

  @Test
  void aChainThatAnswersInBetweenStartsTheWhileAnew() {
    AttestedChannel channel = channel(server(fixture().node(Role.STORE), peer -> {}), chain);
    call(channel);
    time.passed = Met.UNANSWERED_MAX.minusMinutes(1);
    channel.judgeAgain();
    chain.says(ErrorCode.CHAIN_UNAVAILABLE);

    time.passed = Met.UNANSWERED_MAX.plusMinutes(1);
    channel.judgeAgain();

    call(channel);
  }

  @Test
  void nobodyConnectsWithoutAChain() {
    chain.says(ErrorCode.CHAIN_UNAVAILABLE);

    requireRefused(
        channel(server(fixture().node(Role.STORE), peer -> {}), chain),
        ErrorCode.CHAIN_UNAVAILABLE);
  }

  @Test
  void aServerShowsItsNodeCertificateBeforeAnythingIsSent() {
    SigningKey manager = SigningKey.generate(Fixture.RANDOM);
    NodeCertificates certificates = new NodeCertificates(DOMAIN, manager.address(), Fixture::now);
    NodeIdentity store = fixture().node(Role.STORE);
    AttestedServer server = server(store, peer -> {});
    store.show(certificate(store, store.tlsKeyHash(), manager));
    List<NodeCertificate> shown = new ArrayList<>();

    call(channel(server, peer -> shown.add(certificates.shownBy(peer))));

    assertThat(shown).extracting(NodeCertificate::signer).containsExactly(store.address());
  }

  @Test
  void aServerWithoutOrWithAnothersNodeCertificateIsRefusedWhereOneIsAskedFor() {
    SigningKey manager = SigningKey.generate(Fixture.RANDOM);
    NodeCertificates certificates = new NodeCertificates(DOMAIN, manager.address(), Fixture::now);
    NodeIdentity store = fixture().node(Role.STORE);
    AttestedServer server = server(store, peer -> {});

    requireRefused(channel(server, certificates::shownBy), ErrorCode.NODE_NOT_ENROLLED);
    store.show(certificate(store, Bytes32.random(Fixture.RANDOM), manager));
    requireRefused(channel(server, certificates::shownBy), ErrorCode.CERTIFICATE_INVALID);
    store.show(certificate(store, store.tlsKeyHash(), SigningKey.generate(Fixture.RANDOM)));
    requireRefused(channel(server, certificates::shownBy), ErrorCode.CERTIFICATE_INVALID);
  }

  @Test
  void aManagerIsWhoItSignsAs() {
    NodeIdentity manager = fixture().node(Role.MANAGER);
    SigningKey another = SigningKey.generate(Fixture.RANDOM);
    AttestedServer server = server(manager, peer -> {});

    requireRefused(channelToManager(server), ErrorCode.NODE_NOT_ENROLLED);
    // Neither by another's signature on its name, nor with what another manager shows.
    manager.show(certificate(manager, manager.tlsKeyHash(), another));
    requireRefused(channelToManager(server), ErrorCode.CERTIFICATE_INVALID);
    manager.show(certificate(manager, Bytes32.random(Fixture.RANDOM), manager.signer()));
    requireRefused(channelToManager(server), ErrorCode.CERTIFICATE_INVALID);
    manager.show(certificate(manager, manager.tlsKeyHash(), manager.signer()));
    call(channelToManager(server));
  }

  private AttestedChannel channelToManager(AttestedServer server) {
    AttestedChannel channel =
        AttestedChannel.to(server.endpoint(), Role.MANAGER, grounds())
            .as(fixture().node(Role.WORKER))
            .requiring(peer -> NodeCertificates.managerShownBy(peer, DOMAIN, Fixture::now))
            .open();
    open.add(channel);
    return channel;
  }

  @Test
  void aConnectionIsReplacedBeforeTheNodeCertificateShownOnItEnds() {
    NodeIdentity store = fixture().node(Role.STORE);
    SigningKey manager = SigningKey.generate(Fixture.RANDOM);
    store.show(certificate(store, store.tlsKeyHash(), manager));
    AttestedServer server = server(store, peer -> {});
    AttestedChannel channel = channel(server, chain);
    call(channel);

    time.passed = Duration.ofMinutes(50);
    channel.judgeAgain();
    call(channel);

    // At first, in the round, and for the connection that came after it.
    assertThat(chain.asked).hasSize(3);
  }

  private static Signed<NodeCertificate> certificate(
      NodeIdentity store, Bytes32 tlsKeyHash, SigningKey manager) {
    return manager.sign(
        DOMAIN,
        new NodeCertificate(
            store.role(),
            tlsKeyHash,
            store.address(),
            store.address(),
            store.tee().measurement().value(),
            Bytes32.ZERO,
            TcbStatus.SIMULATED,
            1,
            Fixture.CLOCK.instant().plus(Duration.ofHours(1)).getEpochSecond()));
  }
}
