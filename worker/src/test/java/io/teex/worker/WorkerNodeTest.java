package io.teex.worker;

import static io.teex.worker.Failures.refuses;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.stub.StreamObserver;
import io.teex.attestation.Measurement;
import io.teex.attestation.Policy;
import io.teex.attestation.SimulatedPlatform;
import io.teex.blobs.Cid;
import io.teex.chain.ChainEndpoints;
import io.teex.executor.EngineKind;
import io.teex.executor.Executor;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.ProcessExecutor;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Execution;
import io.teex.protocol.Hpke;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.Role;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SealedOutput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TypedData;
import io.teex.rpc.Access;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.Peer;
import io.teex.rpc.Reply;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeSettings;
import io.teex.rpc.proto.AbandonRequest;
import io.teex.rpc.proto.AbandonResponse;
import io.teex.rpc.proto.AssignRequest;
import io.teex.rpc.proto.CompleteRequest;
import io.teex.rpc.proto.CompleteResponse;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.EnrolRequest;
import io.teex.rpc.proto.EnrolResponse;
import io.teex.rpc.proto.ExecuteRequest;
import io.teex.rpc.proto.ExecuteResponse;
import io.teex.rpc.proto.JoinRequest;
import io.teex.rpc.proto.JoinResponse;
import io.teex.rpc.proto.ManagerGrpc;
import io.teex.rpc.proto.ManagerStatusRequest;
import io.teex.rpc.proto.ManagerStatusResponse;
import io.teex.rpc.proto.OpenInputRequest;
import io.teex.rpc.proto.OpenInputResponse;
import io.teex.rpc.proto.ReleaseRequest;
import io.teex.rpc.proto.ReleaseResponse;
import io.teex.rpc.proto.WorkerGrpc;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker with its real executor behind real attested channels; the manager and the dispatcher at
 * the other ends are the test's.
 */
class WorkerNodeTest {
  private static final InstantSource CLOCK = InstantSource.system();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private final Scene scene = new Scene();
  private final Parts parts = new Parts();
  private final MemoryBlobs blobs = new MemoryBlobs();
  private final FakeRegistry registry = new FakeRegistry();
  private final TestManager manager = new TestManager();
  private final TestDispatcher dispatcher = new TestDispatcher();
  private WorldOfTest world;
  private Function<Address, WorkerNode> workerOf;

  /** What one test starts. */
  private record WorldOfTest(
      Policy policy, SimulatedPlatform platform, NodeIdentity dispatcher, WorkerNode worker) {}

  @BeforeEach
  void start() {
    SimulatedPlatform platform =
        SimulatedPlatform.openOrCreate(directory, CLOCK.instant(), scene.random);
    Policy policy = policy(platform);
    NodeIdentity dispatcherIdentity = identity(platform, Role.DISPATCHER, scene.dispatcher);
    dispatcher.identity.set(dispatcherIdentity);
    dispatcherIdentity.show(dispatcher.certificate());
    AttestedServer managerServer =
        serve(
            policy,
            identity(platform, Role.MANAGER, scene.manager),
            manager,
            Access.none()
                .nodes("Enrol", Role.WORKER)
                .nodes("OpenInput", Role.WORKER)
                .nodes("Release", Role.WORKER)
                .anybody("Status"));
    AttestedServer dispatcherServer =
        serve(
            policy,
            dispatcherIdentity,
            dispatcher,
            Access.none()
                .nodes("Join", Role.WORKER)
                .nodes("Complete", Role.WORKER)
                .nodes("Abandon", Role.WORKER));
    Executor executor =
        ProcessExecutor.start(
            ExecutorConfig.DEFAULT.withPool(
                new ExecutorConfig.Pool(2, 1, 2, Duration.ofMinutes(1))));
    parts.with(executor, executor::close);
    Surroundings around =
        new Surroundings(
            identity(platform, Role.WORKER, scene.worker),
            scene.domain,
            new FakeMarket(scene, noop(), new byte[1]),
            registry,
            blobs,
            executor,
            CLOCK,
            scene.random,
            new WorkerLog());
    workerOf =
        market ->
            WorkerNode.start(
                settings(policy, managerServer.endpoint(), market, dispatcherServer.endpoint()),
                around,
                parts);
    WorkerNode worker = workerOf.apply(scene.manager.address());
    world = new WorldOfTest(policy, platform, dispatcherIdentity, worker);
  }

  @AfterEach
  void stop() {
    parts.close();
  }

  @Test
  void executesAUsersTaskEndToEnd() throws Exception {
    JoinRequest joined = dispatcher.joined();
    Order order = order();
    byte[] input = scene.input;

    ExecuteResponse response = execute(request(order, 1, input));

    Receipt receipt = Signed.decode(Receipt.class, response.getReceipt().toByteArray()).value();
    SaltedContent output =
        SealedOutput.open(
            SealedOutput.openKey(
                scene.outputKeys,
                receipt.taskId(),
                receipt.attempt(),
                Wire.bytes(response.getSealedOutputKey())),
            Wire.bytes(response.getSealedOutput()));
    assertThat(output.content().expose()).isEqualTo(input);
    assertThat(output.outputCommitment()).isEqualTo(receipt.outputCommitment());
    assertThat(receipt.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(receipt.fuel()).isPositive();
    assertThat(receipt.worker()).isEqualTo(scene.worker.address());
    assertThat(receipt.execution().engine()).isEqualTo(joined.getEngine());
    assertThat(receipt.execution().flags())
        .isEqualTo(joined.getFlags())
        .isEqualTo(
            Execution.SIMULATED | Execution.UNVERIFIED_CHAIN | Execution.ROLLBACK_UNPROTECTED);
    assertThat(receipt.digests().costTable().copy()).isEqualTo(joined.getCostTable().toByteArray());
    assertThat(joined.getEndpoint()).isEqualTo(world.worker().server().endpoint().toString());
    assertThat(dispatcher.completed.take().getSealedOutputKey().isEmpty()).isFalse();
  }

  @Test
  void handsNothingToADispatcherThatTheRegistryTurnedAgainst() throws Exception {
    dispatcher.joined();

    registry.turnAgainst(scene.dispatcher.address(), ErrorCode.NODE_NOT_OPERATED);
    world.worker().judgeAgain();

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> execute(request(order(), 1, scene.input)));
    assertThat(dispatcher.completed).isEmpty();
  }

  @Test
  void takesNothingFromAManagerThatTheRegistryTurnedAgainst() throws Exception {
    dispatcher.joined();
    execute(request(order(), 1, scene.input));

    registry.turnAgainst(scene.manager.address(), ErrorCode.NODE_NOT_OPERATED);
    world.worker().judgeAgain();

    refuses(ErrorCode.NODE_NOT_OPERATED, () -> execute(request(order(), 1, scene.input)));
    assertThat(manager.releases).hasSize(1);
  }

  @Test
  void theUserCanOpenTheOutputWithWhatLiesWithTheDispatcher() throws Exception {
    dispatcher.joined();
    Order order = order();

    execute(request(order, 1, scene.input));

    CompleteRequest kept = dispatcher.completed.take();
    SecretBytes key =
        SealedOutput.openKey(
            scene.outputKeys, order.id(scene.domain), 1, Wire.bytes(kept.getSealedOutputKey()));
    byte[] sealed = blobs.get(Cid.parse(kept.getOutputCid()));
    assertThat(SealedOutput.open(key, Bytes.of(sealed)).content().expose()).isEqualTo(scene.input);
  }

  @Test
  void answersAReplayedTicketFromMemory() throws Exception {
    dispatcher.joined();
    ExecuteRequest request = request(order(), 1, scene.input);

    ExecuteResponse first = execute(request);
    ExecuteResponse second = execute(request);

    assertThat(second).isEqualTo(first);
    assertThat(dispatcher.completed).hasSize(1);
  }

  @Test
  void refusesASwappedInput() throws Exception {
    dispatcher.joined();
    ExecuteRequest request = request(order(), 1, new byte[] {1, 2, 3});

    refuses(ErrorCode.INPUT_MISMATCH, () -> execute(request));

    assertThat(manager.releases).isEmpty();
  }

  @Test
  void executesWhatTheDispatcherAssigns() throws Exception {
    dispatcher.joined();
    Order order = order();
    Cid cid =
        blobs.put(
            SealedInput.seal(
                    manager.serviceKeys.publicKey(),
                    InputBinding.of(scene.domain, order),
                    SaltedContent.of(scene.inputSalt, scene.input),
                    scene.random)
                .encode()
                .copy());
    ExecuteRequest ticket = request(order, 1, scene.input);
    AssignRequest request =
        AssignRequest.newBuilder()
            .setOrder(ticket.getOrder())
            .setLease(ticket.getLease())
            .setDispatcherCertificate(ticket.getDispatcherCertificate())
            .setBasisPoints(Scene.BASIS_POINTS)
            .setSealedInputCid(cid.toString())
            .build();

    try (AttestedChannel channel =
        AttestedChannel.to(endpoint(), Role.WORKER, world.policy()).as(world.dispatcher()).open()) {
      channel.call(WorkerGrpc.getAssignMethod(), request);
    }

    CompleteRequest kept = dispatcher.completed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(kept).isNotNull();
  }

  @Test
  void letsNobodyButDispatchersAssign() throws Exception {
    dispatcher.joined();

    refuses(
        ErrorCode.PERMISSION_DENIED,
        () -> {
          try (AttestedChannel channel =
              AttestedChannel.to(endpoint(), Role.WORKER, world.policy()).open()) {
            channel.call(WorkerGrpc.getAssignMethod(), AssignRequest.getDefaultInstance());
          }
        });
  }

  @Test
  void worksForNoGenuineManagerOfAnotherMarket() {
    refuses(ErrorCode.CERTIFICATE_INVALID, () -> workerOf.apply(scene.user.address()));
  }

  @Test
  void joinsAgainWithWhatItKnowsOfItself() throws Exception {
    JoinRequest first = dispatcher.joined();
    JoinRequest second = dispatcher.joined();

    assertThat(second).isEqualTo(first);
    assertThat(first.getSlots()).isEqualTo(2);
  }

  private Order order() {
    Order order = scene.order(manager.imageDigest, List.of());
    return new Order(
        order.user(),
        order.dispatcher(),
        order.lane(),
        order.sequence(),
        order.service(),
        order.datasets(),
        order.purpose(),
        order.inputCommitment(),
        order.output(),
        order.fee(),
        order.limits(),
        order.tier(),
        order.recentBlock(),
        CLOCK.instant().getEpochSecond() + 60,
        order.salt());
  }

  private ExecuteRequest request(Order order, int attempt, byte[] input) {
    Signed<Order> signed = scene.user.sign(scene.domain, order);
    Lease lease =
        new Lease(
            order.id(scene.domain),
            attempt,
            scene.worker.address(),
            scene.dispatcher.address(),
            CLOCK.instant().getEpochSecond() + 30,
            attempt);
    return ExecuteRequest.newBuilder()
        .setOrder(Wire.of(signed))
        .setLease(Wire.of(scene.dispatcher.sign(scene.domain, lease)))
        .setDispatcherCertificate(Wire.of(dispatcher.certificate()))
        .setBasisPoints(Scene.BASIS_POINTS)
        .setInput(ByteString.copyFrom(input))
        .setInputSalt(Wire.of(scene.inputSalt))
        .build();
  }

  private ExecuteResponse execute(ExecuteRequest request) {
    try (AttestedChannel channel =
        AttestedChannel.to(endpoint(), Role.WORKER, world.policy()).open()) {
      return channel.call(WorkerGrpc.getExecuteMethod(), request);
    }
  }

  private Endpoint endpoint() {
    return world.worker().server().endpoint();
  }

  private WorkerSettings settings(
      Policy policy, Endpoint manager, Address managerAddress, Endpoint dispatcher) {
    return new WorkerSettings(
        new NodeSettings(
            new Endpoint("127.0.0.1", 0),
            directory,
            directory,
            policy,
            new NodeSettings.Advertised.AsListening()),
        ChainEndpoints.of(URI.create("http://127.0.0.1:1")),
        directory,
        manager,
        managerAddress,
        List.of(dispatcher),
        URI.create("http://127.0.0.1:1"),
        scene.payout,
        "http://worker:8080",
        new WorkerSettings.Execution(
            2,
            EngineKind.V8,
            true,
            Path.of("node"),
            Path.of("bwrap"),
            Duration.ofMinutes(1),
            Duration.ofSeconds(5),
            1 << 20));
  }

  private static Measurement measurement(Role role) {
    byte[] value = new byte[Measurement.SIZE];
    Arrays.fill(value, (byte) role.code());
    return Measurement.of(value);
  }

  private static Policy policy(SimulatedPlatform platform) {
    Map<Role, Set<Measurement>> measurements = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      measurements.put(role, Set.of(measurement(role)));
    }
    return Policy.simulated("test", Set.of(platform.root()), measurements);
  }

  private NodeIdentity identity(SimulatedPlatform platform, Role role, SigningKey key) {
    return NodeIdentity.create(role, platform.tee(measurement(role)), key, CLOCK, scene.random);
  }

  private AttestedServer serve(
      Policy policy, NodeIdentity identity, BindableService service, Access access) {
    AttestedServer server = AttestedServer.as(identity, policy).service(service, access).start();
    return parts.with(server, server::close);
  }

  private static byte[] noop() {
    try {
      return Files.readAllBytes(Path.of("../examples/noop/noop.wasm"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Signed<NodeCertificate> certify(
      Role role, Bytes32 tlsKeyHash, SigningKey signer, Address payout) {
    return scene.manager.sign(
        scene.domain,
        new NodeCertificate(
            role,
            tlsKeyHash,
            signer.address(),
            payout,
            measurement(role).value(),
            Bytes32.ZERO,
            TcbStatus.UP_TO_DATE,
            1,
            CLOCK.instant().getEpochSecond() + 3_600));
  }

  /** Enrols the worker and releases the one image that there is. */
  private final class TestManager extends ManagerGrpc.ManagerImplBase {
    final BlockingQueue<ReleaseRequest> releases = new LinkedBlockingQueue<>();
    final Hpke.KeyPair serviceKeys = Hpke.KeyPair.generate(scene.random);
    final SecretBytes imageKey = SealedContent.newKey(scene.random);
    final SaltedContent image = SaltedContent.of(Bytes32.random(scene.random), noop());
    final Bytes32 imageDigest = image.imageDigest();
    final Cid cid = blobs.put(SealedContent.seal(imageKey, image.encode(), scene.random).copy());

    @Override
    public void enrol(EnrolRequest request, StreamObserver<EnrolResponse> answer) {
      Peer.Node peer = Peer.currentNode();
      NodeCertificates.Accounts accounts =
          NodeCertificates.requirePossession(request, peer.tlsKeyHash());
      Reply.send(
          answer,
          EnrolResponse.newBuilder()
              .setCertificate(
                  Wire.of(certify(Role.WORKER, peer.tlsKeyHash(), scene.worker, accounts.payout())))
              .build());
    }

    @Override
    public void status(ManagerStatusRequest request, StreamObserver<ManagerStatusResponse> answer) {
      Reply.send(
          answer,
          ManagerStatusResponse.newBuilder()
              .setAddress(Wire.of(scene.manager.address().value()))
              .setSimulated(true)
              .build());
    }

    @Override
    public void release(ReleaseRequest request, StreamObserver<ReleaseResponse> answer) {
      releases.add(request);
      Reply.send(
          answer,
          ReleaseResponse.newBuilder()
              .setImageCid(cid.toString())
              .setImageKey(Wire.exposed(imageKey))
              .setSeed(ByteString.copyFrom(new byte[32]))
              .build());
    }

    @Override
    public void openInput(OpenInputRequest request, StreamObserver<OpenInputResponse> answer) {
      Order order =
          Signed.decode(Order.class, request.getAttempt().getOrder().toByteArray()).value();
      SecretBytes key =
          SealedInput.openKey(
              serviceKeys,
              InputBinding.of(scene.domain, order),
              Wire.bytes(request.getSealedInputHeader()));
      Reply.send(answer, OpenInputResponse.newBuilder().setInputKey(Wire.exposed(key)).build());
    }
  }

  /** Acknowledges whatever is handed in. */
  private final class TestDispatcher extends DispatcherGrpc.DispatcherImplBase {
    final AtomicReference<NodeIdentity> identity = new AtomicReference<>();
    final BlockingQueue<JoinRequest> joins = new LinkedBlockingQueue<>();
    final BlockingQueue<CompleteRequest> completed = new LinkedBlockingQueue<>();

    Signed<NodeCertificate> certificate() {
      return certify(
          Role.DISPATCHER,
          identity.get().tlsKeyHash(),
          scene.dispatcher,
          scene.dispatcher.address());
    }

    JoinRequest joined() throws InterruptedException {
      JoinRequest join = joins.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (join == null) {
        throw new AssertionError("the worker did not join");
      }
      return join;
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinResponse> answer) {
      Reply.send(
          answer,
          JoinResponse.newBuilder()
              .setHeartbeatMillis(100)
              .setBasisPoints(Scene.BASIS_POINTS)
              .setCertificate(Wire.of(certificate()))
              .build());
      joins.add(request);
    }

    @Override
    public void complete(CompleteRequest request, StreamObserver<CompleteResponse> answer) {
      Receipt receipt = Signed.decode(Receipt.class, request.getReceipt().toByteArray()).value();
      completed.add(request);
      Reply.send(
          answer,
          CompleteResponse.newBuilder()
              .setAcknowledgement(
                  Wire.of(
                      scene.dispatcher.sign(
                          scene.domain,
                          new Acknowledgement(
                              receipt.taskId(),
                              receipt.attempt(),
                              TypedData.hash(scene.domain, receipt),
                              receipt.finishedAt() + 600))))
              .build());
    }

    @Override
    public void abandon(AbandonRequest request, StreamObserver<AbandonResponse> answer) {
      Reply.send(answer, AbandonResponse.getDefaultInstance());
    }
  }
}
