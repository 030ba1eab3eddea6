package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.RaTls;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are not what the caller asked for get no call of hers. */
final class FalseServerTest {
  private static final StoreStatusRequest STATUS = StoreStatusRequest.getDefaultInstance();

  @TempDir Path directory;
  private Fixture fixture;
  private EchoStore store;

  @BeforeEach
  void start() {
    fixture = new Fixture(directory.resolve("platform"));
    store = new EchoStore();
  }

  private AttestedServer serverAs(NodeIdentity identity) {
    return AttestedServer.as(identity, fixture.policy)
        .service(store, Access.none().anybody("Status"))
        .start();
  }

  private TeexException refusal(NodeIdentity identity, Policy policy) {
    try (AttestedServer server = serverAs(identity);
        AttestedChannel channel =
            AttestedChannel.to(server.endpoint(), Role.STORE, policy).open()) {
      TeexException refused = failureOf(channel);
      // Asking again does not help.
      assertThat(failureOf(channel).code()).isEqualTo(refused.code());
      assertThat(store.calls).hasValue(0);
      return refused;
    }
  }

  private static TeexException failureOf(AttestedChannel channel) {
    return catchThrowableOfType(
        TeexException.class, () -> channel.call(StoreGrpc.getStatusMethod(), STATUS));
  }

  @Test
  void isRefusedSimulatedByDefault() {
    TeexException refused = refusal(fixture.node(Role.STORE), Policy.refuseAll());

    assertThat(refused.code()).isEqualTo(ErrorCode.SIMULATED_REFUSED);
    assertThat(refused).hasMessageContaining("kind-not-allowed");
  }

  @Test
  void isRefusedWithAnUnknownMeasurement() {
    TeexException refused =
        refusal(
            fixture.node(Role.STORE, Measurement.of(new byte[Measurement.SIZE])), fixture.policy);

    assertThat(refused.code()).isEqualTo(ErrorCode.UNKNOWN_MEASUREMENT);
    assertThat(refused)
        .hasMessageContaining("measurement 0x00")
        .hasMessageContaining("is not one of those in policy");
  }

  @Test
  void isRefusedInAnotherRole() {
    // A genuine dispatcher where a store was asked for, and one that says it is a store.
    assertThat(refusal(fixture.node(Role.DISPATCHER), fixture.policy))
        .hasMessageContaining("report-data-mismatch");
    assertThat(
            refusal(fixture.node(Role.STORE, Fixture.measurement(Role.DISPATCHER)), fixture.policy))
        .hasMessageContaining("role-not-allowed");
  }

  @Test
  void isRefusedWithSomebodyElsesEvidence() {
    Evidence copied = RaTls.evidence(fixture.node(Role.STORE).certificate());

    assertThat(refusal(storeOf(new FakeTee(anything -> Endorsed.bare(copied))), fixture.policy))
        .hasMessageContaining("report-data-mismatch");
  }

  @Test
  void isRefusedWithAnOldFirstMessage() {
    // Everything is genuine but the first message, which repeats what the certificate says.
    AtomicReference<Endorsed> first = new AtomicReference<>();
    var tee = fixture.platform.tee(Fixture.measurement(Role.STORE));
    FakeTee repeating =
        new FakeTee(
            wanted -> first.updateAndGet(seen -> seen == null ? tee.endorsed(wanted) : seen));

    assertThat(refusal(storeOf(repeating), fixture.policy))
        .hasMessageContaining("first message")
        .hasMessageContaining("report-data-mismatch");
  }

  @Test
  void isRefusedIfCertificateAndFirstMessageAreOfDifferentTees() {
    Fixture elsewhere = new Fixture(directory.resolve("elsewhere"));
    Policy both =
        new Policy(
            "both",
            fixture.policy.kinds(),
            java.util.Set.of(fixture.platform.root(), elsewhere.platform.root()),
            fixture.policy.measurements(),
            fixture.policy.platforms());
    AtomicReference<Boolean> certified = new AtomicReference<>(false);
    FakeTee changing =
        new FakeTee(wanted ->
            (certified.getAndSet(true) ? elsewhere : fixture)
                .platform
                .tee(Fixture.measurement(Role.STORE))
                .endorsed(wanted));

    assertThat(refusal(storeOf(changing), both)).hasMessageContaining("different TEEs");
  }

  private static NodeIdentity storeOf(FakeTee tee) {
    return NodeIdentity.create(
        Role.STORE, tee, SigningKey.generate(Fixture.RANDOM), Fixture.CLOCK, Fixture.RANDOM);
  }

  @Test
  void isRefusedIfItIsNotTheOneThatWasMeant() {
    try (AttestedServer server = serverAs(fixture.node(Role.STORE));
        AttestedChannel channel =
            fixture
                .channel(server)
                .requiring(peer -> {
                  throw new TeexException(ErrorCode.CERTIFICATE_INVALID, "another key");
                })
                .open()) {

      assertThat(failureOf(channel).code()).isEqualTo(ErrorCode.CERTIFICATE_INVALID);
    }
    assertThat(store.calls).hasValue(0);
  }

  @Test
  void getsNothingWhenItTakesTheGenuineOnesPlace() {
    NodeIdentity caller = fixture.node(Role.WORKER);
    AttestedServer genuine = serverAs(fixture.node(Role.STORE));
    Endpoint endpoint = genuine.endpoint();
    try (AttestedChannel channel =
        AttestedChannel.to(endpoint, Role.STORE, fixture.policy).as(caller).open()) {
      channel.call(StoreGrpc.getStatusMethod(), STATUS);
      genuine.close();
      assertThat(store.calls).hasValue(1);

      EchoStore seen = new EchoStore();
      NodeIdentity impostor = fixture.node(Role.STORE, Measurement.of(new byte[48]));
      try (AttestedServer false1 =
          AttestedServer.as(impostor, fixture.policy)
              .listen(endpoint)
              .service(seen, Access.none().anybody("Status"))
              .start()) {
        assertThat(false1.endpoint()).isEqualTo(endpoint);
        TeexException refused =
            catchThrowableOfType(TeexException.class, () -> channel.connect(Fixture.PATIENCE));
        assertThat(refused.code()).isEqualTo(ErrorCode.UNKNOWN_MEASUREMENT);
        assertThat(failureOf(channel).code()).isEqualTo(ErrorCode.UNKNOWN_MEASUREMENT);
      }
      assertThat(seen.calls).hasValue(0);

      try (AttestedServer again =
          AttestedServer.as(fixture.node(Role.STORE), fixture.policy)
              .listen(endpoint)
              .service(store, Access.none().anybody("Status"))
              .start()) {
        assertThat(channel.connect(Fixture.PATIENCE).address())
            .contains(again.endpoint().toString());
        channel.call(StoreGrpc.getStatusMethod(), STATUS);
      }
    }
    assertThat(store.calls).hasValue(2);
  }

  @Test
  void isNotSpokenToBelowTls13() throws Exception {
    NodeIdentity identity = fixture.node(Role.STORE);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        new KeyManager[] {new IdentityKeyManager(identity)}, new TrustManager[0], Fixture.RANDOM);
    try (SSLServerSocket listener =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      listener.setEnabledProtocols(new String[] {"TLSv1.2"});
      AtomicReference<Exception> handshake = new AtomicReference<>();
      Thread accepting =
          Thread.startVirtualThread(() -> {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
              socket.startHandshake();
            } catch (Exception e) {
              handshake.set(e);
            }
          });
      try (AttestedChannel channel =
          AttestedChannel.to(
                  new Endpoint("127.0.0.1", listener.getLocalPort()), Role.STORE, fixture.policy)
              .open()) {
        assertThat(failureOf(channel).code()).isEqualTo(ErrorCode.UNAVAILABLE);
      }
      accepting.join();
      assertThat(handshake.get()).isInstanceOf(SSLException.class);
    }
  }
}
