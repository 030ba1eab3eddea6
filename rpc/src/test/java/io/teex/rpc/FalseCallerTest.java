package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.teex.attestation.Collateral;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.Measurement;
import io.teex.attestation.P256;
import io.teex.attestation.Policy;
import io.teex.attestation.RaTls;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.HelloResponse;
import io.teex.rpc.proto.ProveRequest;
import io.teex.rpc.proto.StoreGrpc;
import io.teex.rpc.proto.StoreStatusRequest;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers who are not what they say reach no method of a service. */
final class FalseCallerTest {
  private static final GetRequest GET = GetRequest.getDefaultInstance();

  @TempDir Path directory;
  private Fixture fixture;
  private EchoStore store;
  private AttestedServer server;

  @BeforeEach
  void start() {
    fixture = new Fixture(directory.resolve("platform"));
    store = new EchoStore();
    server = fixture.storeServing(store);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void isNobodyBeforeItsFirstMessages() {
    try (RawClient client = RawClient.of(server.endpoint(), fixture, fixture.node(Role.WORKER))) {
      assertRefused(() -> client.store().get(GET));
      assertRefused(() -> client.store().status(StoreStatusRequest.getDefaultInstance()));

      client.hello();

      assertRefused(() -> client.store().get(GET));
      assertRefused(() -> client.store().status(StoreStatusRequest.getDefaultInstance()));
    }
    assertThat(store.calls).hasValue(0);
  }

  @Test
  void isNobodyWithoutCertificateEither() {
    try (RawClient client = RawClient.anonymous(server.endpoint(), fixture)) {
      assertRefused(() -> client.store().status(StoreStatusRequest.getDefaultInstance()));

      client.hello();

      client.store().status(StoreStatusRequest.getDefaultInstance());
      StatusRuntimeException refused = failureOf(() -> client.store().get(GET));
      assertThat(code(refused)).isEqualTo("PERMISSION_DENIED");
    }
    assertThat(store.calls).hasValue(1);
  }

  @Test
  void provesItselfOverNonceAndSession() {
    NodeIdentity worker = fixture.node(Role.WORKER);
    try (RawClient client = RawClient.of(server.endpoint(), fixture, worker)) {
      byte[] nonce = client.hello().getNonce().toByteArray();
      client.prove(RawClient.proof(Role.WORKER, worker.prove(nonce, client.exporter())));

      client.store().get(GET);
    }
    assertThat(store.calls).hasValue(1);
  }

  @Test
  void cannotReplayAProofOnAnotherConnection() {
    NodeIdentity worker = fixture.node(Role.WORKER);
    try (RawClient first = RawClient.of(server.endpoint(), fixture, worker);
        RawClient second = RawClient.of(server.endpoint(), fixture, worker)) {
      byte[] nonce = first.hello().getNonce().toByteArray();
      ProveRequest proof = RawClient.proof(Role.WORKER, worker.prove(nonce, first.exporter()));
      first.prove(proof);

      // As it was; and over the second connection's nonce but the first one's session.
      assertRefused(() -> second.prove(proof));
      byte[] fresh = second.hello().getNonce().toByteArray();
      assertRefused(
          () -> second.prove(RawClient.proof(Role.WORKER, worker.prove(fresh, first.exporter()))));

      assertRefused(() -> second.store().get(GET));
    }
    assertThat(store.calls).hasValue(0);
  }

  @Test
  void getsOneTryForEveryNonce() {
    NodeIdentity worker = fixture.node(Role.WORKER);
    try (RawClient client = RawClient.of(server.endpoint(), fixture, worker)) {
      byte[] nonce = client.hello().getNonce().toByteArray();
      assertRefused(
          () -> client.prove(RawClient.proof(Role.WORKER, worker.prove(new byte[32], nonce))));

      assertRefused(
          () -> client.prove(RawClient.proof(Role.WORKER, worker.prove(nonce, client.exporter()))));
    }
  }

  @Test
  void cannotReflectTheServersProof() {
    NodeIdentity worker = fixture.node(Role.WORKER);
    try (RawClient client = RawClient.of(server.endpoint(), fixture, worker)) {
      HelloResponse greeting = client.hello();

      assertRefused(() ->
          client.prove(
              ProveRequest.newBuilder()
                  .setRole(Role.STORE.code())
                  .setEvidence(greeting.getEvidence())
                  .build()));
    }
  }

  @Test
  void hasAMinuteForItsProofWhateverTheHostSaysOfTheTime() {
    AtomicReference<TimeInterval> now =
        new AtomicReference<>(TimeInterval.at(Fixture.CLOCK.instant()));
    NodeIdentity worker = fixture.node(Role.WORKER);
    try (AttestedServer slow =
            AttestedServer.as(fixture.node(Role.STORE), at(now))
                .service(store, Access.none().nodes("Get", Role.WORKER))
                .clock(() -> Instant.EPOCH)
                .start();
        RawClient client = RawClient.of(slow.endpoint(), fixture, worker)) {
      TimeInterval greeted = now.get();
      byte[] first = client.hello().getNonce().toByteArray();
      // Nobody knows whether a minute has passed.
      now.set(new TimeInterval(greeted.earliest(), greeted.latest().plusSeconds(61)));
      assertRefused(
          () -> client.prove(RawClient.proof(Role.WORKER, worker.prove(first, client.exporter()))));

      now.set(TimeInterval.at(greeted.latest()));
      byte[] second = client.hello().getNonce().toByteArray();
      now.set(TimeInterval.at(greeted.latest().plusSeconds(60)));
      client.prove(RawClient.proof(Role.WORKER, worker.prove(second, client.exporter())));

      client.store().get(GET);
    }
  }

  private Grounds at(AtomicReference<TimeInterval> now) {
    return new Grounds() {
      @Override
      public Policy policy() {
        return fixture.policy;
      }

      @Override
      public Collateral collateral(Evidence evidence, Collateral alongside) {
        return Collateral.none();
      }

      @Override
      public TimeInterval time() {
        return now.get();
      }
    };
  }

  @Test
  void cannotSendRubbish() {
    NodeIdentity worker = fixture.node(Role.WORKER);
    try (RawClient client = RawClient.of(server.endpoint(), fixture, worker)) {
      client.hello();
      StatusRuntimeException noEvidence =
          failureOf(() ->
              client.prove(
                  ProveRequest.newBuilder()
                      .setRole(Role.WORKER.code())
                      .setEvidence(ByteString.copyFromUtf8("rubbish"))
                      .build()));
      StatusRuntimeException noRole =
          failureOf(() -> client.prove(ProveRequest.newBuilder().setRole(77).build()));

      assertThat(code(noEvidence)).isEqualTo("MALFORMED");
      assertThat(code(noRole)).isEqualTo("MALFORMED");
      assertRefused(() -> client.store().get(GET));
    }
  }

  @Test
  void isRefusedWithAnUnknownMeasurement() {
    byte[] unknown = new byte[Measurement.SIZE];
    assertChannelRefused(fixture.node(Role.WORKER, Measurement.of(unknown)));
  }

  @Test
  void isRefusedInARoleThatItsMeasurementDoesNotHave() {
    assertChannelRefused(fixture.node(Role.WORKER, Fixture.measurement(Role.DISPATCHER)));
  }

  @Test
  void isRefusedOnAnUnknownPlatform() {
    Fixture elsewhere = new Fixture(directory.resolve("elsewhere"));

    assertChannelRefused(elsewhere.node(Role.WORKER));
  }

  @Test
  void isRefusedWithSomebodyElsesEvidence() {
    NodeIdentity genuine = fixture.node(Role.WORKER);
    Evidence copied = RaTls.evidence(genuine.certificate());

    assertChannelRefused(impostor(new FakeTee(anything -> Endorsed.bare(copied))));
  }

  @Test
  void isRefusedWhenAGenuineNodeVouchesForItsOwnKeyOnly() {
    // The impostor has a genuine node at hand, whose TEE signs what that node's code lets it sign.
    NodeIdentity genuine = fixture.node(Role.WORKER);

    assertChannelRefused(
        impostor(new FakeTee(anything -> genuine.prove(new byte[32], new byte[32]))));
  }

  @Test
  void isRefusedSimulatedUnderTheDefaultPolicy() {
    try (AttestedServer strict =
            AttestedServer.as(fixture.node(Role.STORE), Policy.refuseAll())
                .service(store, Access.none().nodes("Get", Role.WORKER))
                .start();
        AttestedChannel channel = fixture.channel(strict).as(fixture.node(Role.WORKER)).open()) {
      TeexException refused =
          catchThrowableOfType(
              TeexException.class, () -> channel.call(StoreGrpc.getGetMethod(), GET));

      assertThat(refused.code()).isEqualTo(ErrorCode.ATTESTATION_REFUSED);
    }
    assertThat(store.calls).hasValue(0);
  }

  @Test
  void isNotListenedToAfterItsCertificateExpired() {
    NodeIdentity late =
        NodeIdentity.create(
            Role.WORKER,
            fixture.platform.tee(Fixture.measurement(Role.WORKER)),
            SigningKey.generate(Fixture.RANDOM),
            InstantSource.fixed(Instant.now().minus(Duration.ofDays(2))),
            Fixture.RANDOM);
    try (RawClient client = RawClient.of(server.endpoint(), fixture, late)) {
      assertThat(failureOf(client::hello).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void isNotListenedToWithTwoPiecesOfEvidence() throws Exception {
    KeyPair key = P256.generate(Fixture.RANDOM);
    Evidence evidence = RaTls.evidence(fixture.node(Role.WORKER).certificate());
    X509Certificate one = certificate(key, evidence, RaTls.EVIDENCE_OID);
    X509Certificate two = certificate(key, evidence, RaTls.EVIDENCE_OID, "1.3.6.1.4.1.62397.1.1");
    X509Certificate none = certificate(key, evidence);
    try (RawClient withOne = new RawClient(server.endpoint(), tls(key, one, "TLSv1.3"));
        RawClient withTwo = new RawClient(server.endpoint(), tls(key, two, "TLSv1.3"));
        RawClient withNone = new RawClient(server.endpoint(), tls(key, none, "TLSv1.3"))) {

      withOne.hello();

      assertThat(failureOf(withTwo::hello).getStatus().getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(failureOf(withNone::hello).getStatus().getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void isNotListenedToBelowTls13() throws Exception {
    NodeIdentity worker = fixture.node(Role.WORKER);
    SslContext old =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .keyManager(worker.tlsPrivateKey(), worker.certificate())
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .protocols("TLSv1.2")
            .build();
    try (RawClient client = new RawClient(server.endpoint(), old)) {
      assertThat(failureOf(client::hello).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
  }

  @Test
  void isNotListenedToInPlaintext() {
    ManagedChannel plain =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    try {
      StatusRuntimeException failure =
          failureOf(() ->
              StoreGrpc.newBlockingStub(plain)
                  .withDeadlineAfter(10, TimeUnit.SECONDS)
                  .status(StoreStatusRequest.getDefaultInstance()));

      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    } finally {
      plain.shutdownNow();
    }
    assertThat(store.calls).hasValue(0);
  }

  private NodeIdentity impostor(FakeTee tee) {
    return NodeIdentity.create(
        Role.WORKER, tee, SigningKey.generate(Fixture.RANDOM), Fixture.CLOCK, Fixture.RANDOM);
  }

  /** Our own client with a false identity: the caller learns an id and nothing else. */
  private void assertChannelRefused(NodeIdentity identity) {
    try (AttestedChannel channel = fixture.channel(server).as(identity).open()) {
      TeexException refused =
          catchThrowableOfType(
              TeexException.class, () -> channel.call(StoreGrpc.getGetMethod(), GET));

      assertThat(refused.code()).isEqualTo(ErrorCode.ATTESTATION_REFUSED);
      assertThat(refused)
          .hasMessageMatching("attestation refused [0-9a-f]{16}: the verifier's log .*");
    }
    assertThat(store.calls).hasValue(0);
  }

  private static void assertRefused(Runnable call) {
    StatusRuntimeException refused = failureOf(call);
    assertThat(code(refused)).isEqualTo("ATTESTATION_REFUSED");
    assertThat(refused.getStatus().getDescription())
        .matches("attestation refused [0-9a-f]{16}: the verifier's log .*");
  }

  private static StatusRuntimeException failureOf(Runnable call) {
    Callable<Void> callable =
        () -> {
          call.run();
          return null;
        };
    return catchThrowableOfType(StatusRuntimeException.class, callable::call);
  }

  private static String code(StatusRuntimeException failure) {
    Metadata trailers = Objects.requireNonNull(failure.getTrailers());
    return Objects.requireNonNullElse(trailers.get(Failures.CODE), "");
  }

  private static X509Certificate certificate(KeyPair key, Evidence evidence, String... oids)
      throws Exception {
    Instant now = Instant.now();
    var builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=x"),
            BigInteger.ONE,
            Date.from(now),
            Date.from(now.plusSeconds(60)),
            new X500Name("CN=x"),
            key.getPublic());
    for (String oid : oids) {
      builder.addExtension(new ASN1ObjectIdentifier(oid), false, evidence.encode());
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
  }

  private static SslContext tls(KeyPair key, X509Certificate certificate, String protocol)
      throws Exception {
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
        .keyManager(key.getPrivate(), certificate)
        .trustManager(InsecureTrustManagerFactory.INSTANCE)
        .protocols(protocol)
        .build();
  }
}
