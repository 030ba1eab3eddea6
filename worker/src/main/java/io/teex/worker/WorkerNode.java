package io.teex.worker;

import io.teex.attestation.ClassPathMeasurement;
import io.teex.attestation.SimulatedPlatform;
import io.teex.attestation.Tee;
import io.teex.blobs.BlobStore;
import io.teex.blobs.CachingBlobStore;
import io.teex.blobs.HttpBlobStore;
import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainViews;
import io.teex.chain.RpcChainViews;
import io.teex.chain.Trust;
import io.teex.executor.Executor;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.Facts;
import io.teex.executor.ProcessExecutor;
import io.teex.executor.instrument.CostTable;
import io.teex.protocol.Domain;
import io.teex.protocol.Execution;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeeKind;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeSettings;
import io.teex.rpc.node.RunningNode;
import io.teex.rpc.proto.JoinRequest;
import io.teex.rpc.proto.ManagerStatusResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A worker that serves: everything wired together. */
final class WorkerNode implements RunningNode {
  private static final Duration MANAGER_WAIT = Duration.ofSeconds(30);
  private static final Duration ANSWER_AGE = Duration.ofMinutes(10);
  private static final long ANSWER_BYTES_MAX = 64L << 20;
  private static final long IMAGE_BYTES_MAX = 256L << 20;
  private static final int SESSIONS_MAX = 32;
  private static final Duration SESSION_IDLE = Duration.ofMinutes(1);
  private static final int MESSAGE_BYTES_MAX = 80 << 20;

  private final NodeIdentity identity;
  private final AttestedServer server;
  private final Parts parts;

  private WorkerNode(NodeIdentity identity, AttestedServer server, Parts parts) {
    this.identity = identity;
    this.server = server;
    this.parts = parts;
  }

  /** What has to be closed, the last made first. */
  private static final class Parts implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();

    <T> T with(T part, Runnable closer) {
      closers.push(closer);
      return part;
    }

    @Override
    public void close() {
      closers.forEach(Runnable::run);
      closers.clear();
    }
  }

  /**
   * @throws io.teex.protocol.TeexException {@code SANDBOX_MISSING}, {@code DEPENDENCY_MISSING},
   *     {@code PORT_IN_USE}, {@code CHAIN_UNAVAILABLE}, {@code UNAVAILABLE} if the manager does not
   *     answer, {@code ATTESTATION_REFUSED} and its kind if one side refuses the other
   */
  static WorkerNode start(WorkerSettings settings) {
    Parts parts = new Parts();
    try {
      return start(settings, parts);
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private static WorkerNode start(WorkerSettings settings, Parts parts) {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    WorkerLog log = new WorkerLog();
    NodeSettings node = settings.node();

    Executor executor = executor(settings.execution(), parts, log);
    NodeIdentity identity = identity(node, clock, random);
    Addresses addresses = Addresses.read(settings.chainAddresses());
    Domain domain = addresses.domain();
    ChainClient client = ChainClient.connect(settings.chainRpc());
    parts.with(client, client::close);
    ChainViews chain = new RpcChainViews(client, addresses);
    BlobStore blobs = blobs(settings, parts);

    AttestedChannel manager =
        AttestedChannel.to(settings.manager(), Role.MANAGER, node.policy()).as(identity).open();
    parts.with(manager, manager::close);
    manager.connect(MANAGER_WAIT);
    Standing standing =
        new Standing(
            () -> ManagerClient.enrol(manager, identity, settings.payout()),
            domain,
            execution(executor.facts(), identity.tee().kind(), chain, manager),
            clock,
            log);

    NodeCertificates certificates = new NodeCertificates(domain, standing.manager(), clock);
    Memberships dispatchers =
        new Memberships(
            settings.dispatchers().stream()
                .map(at -> membership(at, node, identity, certificates, log))
                .toList(),
            clock,
            log);
    parts.with(dispatchers, dispatchers::close);
    Tasks tasks =
        new Tasks(
            new TicketCheck(
                domain, identity.address(), standing.manager(), identity.tee().kind(), clock),
            new OnceOnly<>(ANSWER_AGE, ANSWER_BYTES_MAX, Answer::sizeBytes, clock),
            new Preparation(
                new ManagerClient(manager, standing),
                blobs,
                new Images(blobs, IMAGE_BYTES_MAX),
                new ChainPriceList(chain),
                clock,
                settings.execution().wallTimeMax()),
            executor,
            new Delivery(domain, identity.signer(), standing, blobs, dispatchers, clock, random),
            dispatchers,
            log,
            settings.execution().slots(),
            settings.execution().slotWait());

    ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    parts.with(background, background::shutdownNow);
    AttestedServer server =
        AttestedServer.as(identity, node.policy())
            .listen(node.listen())
            .messageBytesMax(MESSAGE_BYTES_MAX)
            .service(new WorkerRpc(tasks, background), WorkerRpc.access())
            .start();
    parts.with(server, server::close);
    Endpoint advertised = node.advertisedWhenListeningOn(server.endpoint());
    dispatchers.start(() -> joinRequest(standing, tasks, advertised, settings.execution().slots()));
    return new WorkerNode(identity, server, parts);
  }

  private static Executor executor(WorkerSettings.Execution settings, Parts parts, WorkerLog log) {
    if (!settings.osSandbox()) {
      log.sandboxMissing();
    }
    ExecutorConfig config =
        ExecutorConfig.DEFAULT
            .withWalls(
                new ExecutorConfig.Walls(
                    settings.nodeProgram(), settings.bubblewrap(), settings.osSandbox()))
            .withPool(
                new ExecutorConfig.Pool(
                    settings.slots(), Math.min(2, settings.slots()), SESSIONS_MAX, SESSION_IDLE));
    ProcessExecutor executor = ProcessExecutor.start(config);
    return parts.with(executor, executor::close);
  }

  /**
   * A signing key of this process alone: what was leased to a process that ended can never be
   * executed again by the one that comes after it. Earnings go to the payout account, so no money
   * hangs on the key.
   */
  private static NodeIdentity identity(
      NodeSettings settings, InstantSource clock, SecureRandom random) {
    Tee tee =
        SimulatedPlatform.openOrCreate(settings.platform(), clock.instant(), random)
            .tee(ClassPathMeasurement.ofThisProcess(WorkerMain.class));
    return NodeIdentity.create(Role.WORKER, tee, SigningKey.generate(random), clock, random);
  }

  private static BlobStore blobs(WorkerSettings settings, Parts parts) {
    HttpBlobStore remote = new HttpBlobStore(settings.blobs());
    parts.with(remote, remote::close);
    return new CachingBlobStore(remote, settings.execution().cacheBytesMax());
  }

  private static WorkerFacts.Execution execution(
      Facts facts, TeeKind kind, ChainViews chain, AttestedChannel manager) {
    ManagerStatusResponse status = ManagerClient.status(manager);
    int flags = 0;
    if (kind == TeeKind.SIMULATED || status.getSimulated()) {
      flags |= Execution.SIMULATED;
    }
    if (!facts.osSandbox()) {
      flags |= Execution.NO_OS_SANDBOX;
    }
    if (chain.latest().trust() == Trust.UNVERIFIED) {
      flags |= Execution.UNVERIFIED_CHAIN;
    }
    if (!status.getRollbackProtection().equals("PROTECTED")) {
      flags |= Execution.ROLLBACK_UNPROTECTED;
    }
    return new WorkerFacts.Execution(facts.engine(), CostTable.V1.digest(), kind, flags);
  }

  private static Membership membership(
      Endpoint endpoint,
      NodeSettings settings,
      NodeIdentity identity,
      NodeCertificates certificates,
      WorkerLog log) {
    AttestedChannel channel =
        AttestedChannel.to(endpoint, Role.DISPATCHER, settings.policy()).as(identity).open();
    return new Membership(endpoint, channel, certificates, log);
  }

  private static JoinRequest joinRequest(
      Standing standing, Tasks tasks, Endpoint advertised, int slots) {
    standing.renewIfDue();
    WorkerFacts facts = standing.get();
    JoinRequest.Builder request =
        JoinRequest.newBuilder()
            .setEndpoint(advertised.toString())
            .setCertificate(Wire.of(facts.certificate()))
            .setSlots(slots)
            .setFlags(facts.execution().flags())
            .setEngine(facts.execution().engine())
            .setCostTable(Wire.of(facts.execution().costTable()));
    tasks.running().forEach(task -> request.addRunning(Wire.of(task.value())));
    return request.build();
  }

  @Override
  public NodeIdentity identity() {
    return identity;
  }

  @Override
  public AttestedServer server() {
    return server;
  }

  @Override
  public void close() {
    parts.close();
  }
}
