package io.teex.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.teex.attestation.Collateral;
import io.teex.attestation.CollateralName;
import io.teex.attestation.Endorsed;
import io.teex.attestation.Evidence;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedTee;
import io.teex.attestation.TimeInterval;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import io.teex.rpc.Fixture.EchoStore;
import io.teex.rpc.proto.ChannelGrpc;
import io.teex.rpc.proto.EvidenceDocument;
import io.teex.rpc.proto.GetRequest;
import io.teex.rpc.proto.HelloRequest;
import io.teex.rpc.proto.HelloResponse;
import io.teex.rpc.proto.ProveRequest;
import io.teex.rpc.proto.StoreGrpc;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents beside the evidence of both ends of a channel. */
final class AlongsideTest {
  private static final Collateral OF_SERVER = documents("server", 40_000);
  private static final Collateral OF_CLIENT = documents("client", 60_000);

  @TempDir Path directory;
  private Fixture fixture;
  private EchoStore store;
  private Remembering ofServer;
  private Remembering ofClient;
  private final AtomicReference<Collateral> given = new AtomicReference<>(OF_CLIENT);
  private NodeIdentity worker;
  private AttestedServer server;

  /** Grounds that remember what they were shown. */
  private static final class Remembering implements Grounds {
    private final Policy policy;
    final List<Collateral> shown = new CopyOnWriteArrayList<>();

    Remembering(Policy policy) {
      this.policy = policy;
    }

    @Override
    public Policy policy() {
      return policy;
    }

    @Override
    public Collateral collateral(Evidence evidence, Collateral alongside) {
      shown.add(alongside);
      return alongside;
    }

    @Override
    public TimeInterval time() {
      return TimeInterval.at(Fixture.CLOCK.instant());
    }
  }

  private static Collateral documents(String vek, int logSize) {
    return new Collateral(
        Map.of(
            CollateralName.VEK, Bytes.of(ByteString.copyFromUtf8(vek).toByteArray()),
            CollateralName.EVENT_LOG, Bytes.of(new byte[logSize])));
  }

  private NodeIdentity node(Role role, AtomicReference<Collateral> documents) {
    SimulatedTee tee = fixture.platform.tee(Fixture.measurement(role));
    return NodeIdentity.create(
        role,
        new FakeTee(wanted -> new Endorsed(tee.evidence(wanted), documents.get())),
        SigningKey.generate(Fixture.RANDOM),
        Fixture.CLOCK,
        Fixture.RANDOM);
  }

  @BeforeEach
  void start() {
    fixture = new Fixture(directory.resolve("platform"));
    ofServer = new Remembering(fixture.policy);
    ofClient = new Remembering(fixture.policy);
    store = new EchoStore();
    worker = node(Role.WORKER, given);
    server =
        AttestedServer.as(node(Role.STORE, new AtomicReference<>(OF_SERVER)), ofServer)
            .service(store, Access.none().nodes("Get", Role.WORKER).anybody("Status"))
            .start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private AttestedChannel channel() {
    return AttestedChannel.to(server.endpoint(), Role.STORE, ofClient).as(worker).open();
  }

  @Test
  void bothPiecesOfEvidenceAreJudgedWithTheDocumentsOfTheFirstMessage() {
    try (AttestedChannel channel = channel()) {
      channel.connect(Fixture.PATIENCE);

      assertThat(ofClient.shown).containsExactly(OF_SERVER, OF_SERVER);
      assertThat(ofServer.shown).containsExactly(OF_CLIENT, OF_CLIENT);
    }
  }

  @Test
  void livePeersAreJudgedAgainWithThem() {
    try (AttestedChannel channel = channel()) {
      channel.connect(Fixture.PATIENCE);
      ofServer.shown.clear();
      ofClient.shown.clear();

      server.judgeAgain();
      channel.judgeAgain();

      assertThat(ofServer.shown).containsExactly(OF_CLIENT, OF_CLIENT);
      assertThat(ofClient.shown).containsExactly(OF_SERVER, OF_SERVER);
    }
  }

  @Test
  void aPlatformThatWasUpdatedGetsACertificateThatFitsItsDocuments() {
    X509Certificate before = worker.certificate();
    worker.prove(new byte[32], new byte[32]);
    assertThat(worker.certificate()).isEqualTo(before);

    given.set(documents("another", 10));
    worker.prove(new byte[32], new byte[32]);

    X509Certificate after = worker.certificate();
    assertThat(after).isNotEqualTo(before);
    worker.prove(new byte[32], new byte[32]);
    assertThat(worker.certificate()).isEqualTo(after);
  }

  @Test
  void aCallerWhoBringsItsOwnRevocationListIsNobody() {
    try (RawClient client = RawClient.of(server.endpoint(), fixture, worker)) {
      byte[] nonce = client.hello().getNonce().toByteArray();
      ProveRequest honest = RawClient.proof(Role.WORKER, worker.prove(nonce, client.exporter()));

      assertMalformed(
          client, honest.toBuilder().addDocuments(document(CollateralName.VEK_CRL, 10)).build());
      assertMalformed(
          client, honest.toBuilder().addDocuments(document(CollateralName.VEK, 10)).build());
      assertMalformed(
          client,
          honest.toBuilder()
              .clearDocuments()
              .addDocuments(document(CollateralName.EVENT_LOG, Collateral.ALONGSIDE_SIZE_MAX + 1))
              .build());

      assertThat(ofServer.shown).isEmpty();
      assertThatThrownBy(() -> client.store().get(GetRequest.getDefaultInstance()))
          .isInstanceOf(StatusRuntimeException.class);
      assertThat(store.calls).hasValue(0);
    }
  }

  @Test
  void aCallerWithoutACertificateHasNoRoomForMoreThanThat() {
    try (RawClient client = RawClient.anonymous(server.endpoint(), fixture)) {
      client.hello();
      ProveRequest huge =
          ProveRequest.newBuilder()
              .addDocuments(document(CollateralName.EVENT_LOG, 2 * Collateral.ALONGSIDE_SIZE_MAX))
              .build();

      assertThatThrownBy(() -> client.prove(huge)).hasMessageContaining("no room for a request");
    }
  }

  @Test
  void aServerThatBringsItsOwnRevocationListGetsNoCall() throws Exception {
    NodeIdentity identity = fixture.node(Role.STORE);
    Server lying =
        NettyServerBuilder.forPort(0)
            .sslContext(Tls.server(identity, fixture.attestor(), Fixture.RANDOM))
            .addService(
                new ChannelGrpc.ChannelImplBase() {
                  @Override
                  public void hello(HelloRequest request, StreamObserver<HelloResponse> answer) {
                    Reply.send(
                        answer,
                        HelloResponse.newBuilder()
                            .setEvidence(
                                EndorsedMessages.evidence(
                                    identity.prove(request.getNonce().toByteArray(), new byte[32])))
                            .addDocuments(document(CollateralName.VEK_CRL, 10))
                            .build());
                  }
                })
            .addService(store)
            .build()
            .start();
    try (AttestedChannel channel =
        AttestedChannel.to(new Endpoint("127.0.0.1", lying.getPort()), Role.STORE, ofClient)
            .as(worker)
            .open()) {
      assertThatThrownBy(
              () -> channel.call(StoreGrpc.getGetMethod(), GetRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED))
          .hasMessageContaining("another name than vek and event-log");
      assertThat(ofClient.shown).isEmpty();
      assertThat(store.calls).hasValue(0);
    } finally {
      lying.shutdownNow();
    }
  }

  private static EvidenceDocument document(String name, int size) {
    return EvidenceDocument.newBuilder()
        .setName(name)
        .setContent(ByteString.copyFrom(new byte[size]))
        .build();
  }

  private static void assertMalformed(RawClient client, ProveRequest proof) {
    StatusRuntimeException failure =
        catchThrowableOfType(StatusRuntimeException.class, () -> client.prove(proof));
    assertThat(Objects.requireNonNull(failure.getTrailers()).get(Failures.CODE))
        .isEqualTo("MALFORMED");
    assertThat(failure).hasMessageContaining("documents beside the evidence");
  }
}
