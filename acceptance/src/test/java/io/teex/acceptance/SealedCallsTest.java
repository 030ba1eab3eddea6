package io.teex.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.teex.attestation.Policy;
import io.teex.attestation.TimeInterval;
import io.teex.chain.ServiceMarket;
import io.teex.market.Account;
import io.teex.market.EmbeddedMarket;
import io.teex.market.Installation;
import io.teex.market.MarketOptions;
import io.teex.market.Progress;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.FeeTerms;
import io.teex.protocol.Hpke;
import io.teex.protocol.Isolation;
import io.teex.protocol.Limits;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.OutputTerms;
import io.teex.protocol.Price;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.SealedOutput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeeKind;
import io.teex.protocol.TeexException;
import io.teex.protocol.Tier;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.proto.AssignRequest;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.DispatcherStatusRequest;
import io.teex.rpc.proto.DispatcherStatusResponse;
import io.teex.rpc.proto.ExecuteRequest;
import io.teex.rpc.proto.ExecuteResponse;
import io.teex.rpc.proto.FindServiceKeyRequest;
import io.teex.rpc.proto.LaneRequest;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.ResultRequest;
import io.teex.rpc.proto.SubmitRequest;
import io.teex.rpc.proto.SubmitResponse;
import io.teex.rpc.proto.WorkerGrpc;
import io.teex.rpc.web.SealedCaller;
import io.teex.sdk.Market;
import io.teex.sdk.MarketFile;
import io.teex.sdk.Metadata;
import io.teex.sdk.Published;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a page in a browser does, done here without a browser: a task from the order to the opened
 * output over HTTP alone, through a network that records all of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SealedCallsTest {
  private static final Price PRICE =
      new Price(Amount.of(1_000), Amount.of(10), Amount.of(400), Amount.of(5));
  private static final String INPUT = "an input that nobody on the way may read";
  private static final SigningKey ALICE = Account.ALICE.key();

  @TempDir private static Path directory;

  private final SecureRandom random = new SecureRandom();
  private EmbeddedMarket embedded;
  private Market market;
  private MarketFile file;
  private Policy policy;
  private Published echo;
  private SealedCaller dispatcher;

  @BeforeAll
  void aMarketWithAnEchoService() throws IOException {
    embedded =
        EmbeddedMarket.start(
            Installation.current(),
            MarketOptions.temporary(directory.resolve("market")).withWiretap(),
            Progress.silent());
    file = embedded.marketFile();
    policy = Policy.read(file.policy());
    market = Market.connect(file);
    byte[] wasm = Files.readAllBytes(Installation.current().examples().resolve("noop/noop.wasm"));
    echo = market.provider(Account.PROVIDER.key()).publish(wasm, PRICE, Metadata.named("echo"));
    market
        .user(ALICE)
        .depositAndAllow(0, Amount.of(100_000_000), Instant.now().plus(Duration.ofDays(1)));
    dispatcher = caller(file.dispatchers().getFirst().endpoint(), Role.DISPATCHER);
  }

  @AfterAll
  void stop() {
    dispatcher.close();
    market.close();
    embedded.close();
  }

  private SealedCaller caller(String endpoint, Role role) {
    return SealedCaller.to(URI.create(url(endpoint)), role, policy).open();
  }

  private String url(String endpoint) {
    return Objects.requireNonNull(file.http().get(endpoint), endpoint);
  }

  @Test
  void aTaskGoesFromOrderToOutputAndNobodyOnTheWayReadsIt() throws IOException {
    Hpke.KeyPair outputKeys = Hpke.KeyPair.generate(random);
    Bytes32 inputSalt = Bytes32.random(random);
    Order order = order(outputKeys.publicKey(), inputSalt);
    Signed<Order> signed = ALICE.sign(market.domain(), order);
    SubmitRequest submit = SubmitRequest.newBuilder().setOrder(bytes(signed)).build();

    SubmitResponse ticket = dispatcher.call(DispatcherGrpc.getSubmitMethod(), submit);
    ExecuteRequest execute =
        ExecuteRequest.newBuilder()
            .setOrder(bytes(signed))
            .setLease(ticket.getLease())
            .setDispatcherCertificate(ticket.getDispatcherCertificate())
            .setBasisPoints(ticket.getBasisPoints())
            .setInput(ByteString.copyFromUtf8(INPUT))
            .setInputSalt(ByteString.copyFrom(inputSalt.copy()))
            .build();
    ExecuteResponse answer = execute(ticket, execute);
    ExecuteResponse again = execute(ticket, execute);
    SubmitResponse resubmitted = dispatcher.call(DispatcherGrpc.getSubmitMethod(), submit);

    Receipt receipt = Signed.decode(Receipt.class, answer.getReceipt().toByteArray()).value();
    SecretBytes key =
        SealedOutput.openKey(
            outputKeys,
            order.id(market.domain()),
            receipt.attempt(),
            Bytes.of(answer.getSealedOutputKey().toByteArray()));
    SecretBytes output =
        SealedOutput.open(key, Bytes.of(answer.getSealedOutput().toByteArray())).content();
    assertThat(new String(output.expose(), UTF_8)).isEqualTo(INPUT);
    assertThat(receipt.outcome()).isEqualTo(Outcome.COMPLETED);
    // Whoever carries requests can send them again: nothing is done or paid twice.
    assertThat(again).isEqualTo(answer);
    assertThat(resubmitted.getState()).isEqualTo("acknowledged");
    assertThat(
            dispatcher
                .call(
                    DispatcherGrpc.getResultMethod(),
                    ResultRequest.newBuilder()
                        .setTaskId(ByteString.copyFrom(order.id(market.domain()).value().copy()))
                        .build())
                .getReceipt())
        .isEqualTo(answer.getReceipt());
    assertThat(lane()).isEqualTo(order.sequence() + 1);
    assertNotOnTheWire(INPUT);
  }

  /** The worker that the ticket names, and no other, however genuine. */
  private ExecuteResponse execute(SubmitResponse ticket, ExecuteRequest request) {
    NodeCertificates certificates =
        new NodeCertificates(
            market.domain(), market.manager(), () -> TimeInterval.at(Instant.now()));
    Signed<NodeCertificate> worker =
        Signed.decode(NodeCertificate.class, ticket.getWorkerCertificate().toByteArray());
    try (SealedCaller caller =
        SealedCaller.to(URI.create(ticket.getWorkerUrl()), Role.WORKER, policy)
            .requiring(certificates.peerOf(worker))
            .open()) {
      return caller.call(WorkerGrpc.getExecuteMethod(), request);
    }
  }

  @Test
  void aWorkerIsNotTakenForAnother() {
    DispatcherStatusResponse status =
        dispatcher.call(
            DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance());
    assertThat(status.getWorkerList()).hasSizeGreaterThan(1);
    String first = status.getWorker(0).getUrl();
    String second = status.getWorker(1).getUrl();

    try (SealedCaller one = SealedCaller.to(URI.create(first), Role.WORKER, policy).open();
        SealedCaller other =
            SealedCaller.to(URI.create(second), Role.WORKER, policy)
                .requiring(peer -> {
                  if (!peer.tlsKeyHash().equals(one.connect().tlsKeyHash())) {
                    throw new TeexException(ErrorCode.CERTIFICATE_INVALID, "another worker");
                  }
                })
                .open()) {
      refuses(ErrorCode.CERTIFICATE_INVALID, other::connect);
      refuses(
          ErrorCode.PERMISSION_DENIED,
          () -> one.call(WorkerGrpc.getAssignMethod(), AssignRequest.getDefaultInstance()));
    }
    try (SealedCaller dispatcherAtAWorker =
        SealedCaller.to(URI.create(first), Role.DISPATCHER, policy).open()) {
      refuses(ErrorCode.ATTESTATION_REFUSED, dispatcherAtAWorker::connect);
    }
  }

  @Test
  void theManagerSaysWhomToSealAnInputTo() {
    try (SealedCaller manager = caller(file.manager(), Role.MANAGER)) {
      assertThat(
              manager
                  .call(
                      ManagerGrpc.getFindServiceKeyMethod(),
                      FindServiceKeyRequest.newBuilder()
                          .setImageDigest(ByteString.copyFrom(echo.imageDigest().copy()))
                          .build())
                  .getServiceKey())
          .isNotEmpty();
    }
  }

  /**
   * Whoever carries a request can send it again, so each of these has to bear that, as
   * docs/sealed-calls.md says of it; and one more would have to.
   */
  @Test
  void anonymousCallersMayCallTheseMethodsAndNoOthers() throws Exception {
    String worker =
        dispatcher
            .call(DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance())
            .getWorker(0)
            .getUrl();

    assertThat(open(worker, WorkerGrpc.getServiceDescriptor()))
        .containsExactly("Execute", "Replay");
    assertThat(
            open(
                url(file.dispatchers().getFirst().endpoint()),
                DispatcherGrpc.getServiceDescriptor()))
        .containsExactly("Lane", "Result", "Retry", "Settle", "Status", "Submit");
    assertThat(open(url(file.manager()), ManagerGrpc.getServiceDescriptor()))
        .containsExactly("FindServiceKey", "RegisterDataset", "RegisterImage", "Revoke", "Status");
  }

  /** Those that do not refuse the caller before they look at the request. */
  private static Set<String> open(String base, ServiceDescriptor service) throws Exception {
    Set<String> open = new TreeSet<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      for (MethodDescriptor<?, ?> method : service.getMethods()) {
        HttpRequest nothing =
            HttpRequest.newBuilder(URI.create(base + "/call/" + method.getFullMethodName()))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer = client.send(nothing, HttpResponse.BodyHandlers.ofString());
        if (answer.body().contains("BLOB_TAMPERED")) {
          open.add(String.valueOf(method.getBareMethodName()));
        } else {
          assertThat(answer.statusCode()).isEqualTo(403);
        }
      }
    }
    return open;
  }

  private long lane() {
    return dispatcher
        .call(
            DispatcherGrpc.getLaneMethod(),
            LaneRequest.newBuilder()
                .setUser(ByteString.copyFrom(ALICE.address().value().copy()))
                .build())
        .getNextSequence();
  }

  private Order order(Bytes32 outputKey, Bytes32 inputSalt) {
    ServiceMarket services = new ServiceMarket(market.chain(), market.addresses());
    ServiceMarket.Service listed = services.service(echo.service()).orElseThrow();
    var head = market.chain().head();
    Address at = file.dispatchers().getFirst().address();
    return new Order(
        ALICE.address(),
        at,
        0,
        lane(),
        new ServiceRef(
            echo.service(),
            listed.latestVersion(),
            echo.imageDigest(),
            listed.latestPriceVersion()),
        List.of(),
        "",
        Commitment.input(inputSalt, INPUT.getBytes(UTF_8)),
        new OutputTerms(outputKey, 1 << 20, 256),
        new FeeTerms(Amount.of(1_000_000), 1_000),
        new Limits(10_000_000_000L, 1_000_000, 256L << 20),
        Tier.single(Isolation.SESSION, TeeKind.SIMULATED.bit()),
        new BlockRef(head.number(), head.hash()),
        Instant.now().plus(Duration.ofMinutes(2)).getEpochSecond(),
        Bytes32.random(random));
  }

  private void assertNotOnTheWire(String secret) throws IOException {
    int recordings = 0;
    try (var files = Files.walk(embedded.directory().resolve("traffic"))) {
      for (Path recording : files.filter(Files::isRegularFile).toList()) {
        recordings += recording.toString().contains("-http") ? 1 : 0;
        assertThat(Files.readString(recording, java.nio.charset.StandardCharsets.ISO_8859_1))
            .as(recording.toString())
            .doesNotContain(secret);
      }
    }
    assertThat(recordings).isGreaterThan(1);
  }

  private static ByteString bytes(Signed<Order> order) {
    return ByteString.copyFrom(order.encode());
  }

  private static void refuses(
      ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }
}
