package io.teex.worker;

import io.teex.chain.Trust;
import io.teex.executor.Facts;
import io.teex.executor.FuelTables;
import io.teex.protocol.Execution;
import io.teex.protocol.Role;
import io.teex.protocol.TeeKind;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.AttestedServer;
import io.teex.rpc.Endpoint;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.node.NodeGrounds;
import io.teex.rpc.node.NodeSettings;
import io.teex.rpc.node.RunningNode;
import io.teex.rpc.node.UntilOperated;
import io.teex.rpc.proto.JoinRequest;
import io.teex.rpc.proto.ManagerStatusResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A worker that serves: everything wired together. */
final class WorkerNode implements RunningNode {
  private static final Duration MANAGER_WAIT = Duration.ofSeconds(30);
  private static final Duration ANSWER_AGE = Duration.ofMinutes(10);
  private static final long ANSWER_BYTES_MAX = 64L << 20;
  private static final long IMAGE_BYTES_MAX = 256L << 20;
  private static final int MESSAGE_BYTES_MAX = 80 << 20;
  private static final String ROLLBACK_PROTECTED = "ROLLBACK-PROTECTED";

  private final NodeIdentity identity;
  private final AttestedServer server;
  private final AttestedChannel manager;
  private final Memberships dispatchers;
  private final Parts parts;

  private WorkerNode(
      NodeIdentity identity,
      AttestedServer server,
      AttestedChannel manager,
      Memberships dispatchers,
      Parts parts) {
    this.identity = identity;
    this.server = server;
    this.manager = manager;
    this.dispatchers = dispatchers;
    this.parts = parts;
  }

  /**
   * @throws io.teex.protocol.TeexException {@code SANDBOX_MISSING}, {@code DEPENDENCY_MISSING},
   *     {@code PORT_IN_USE}, {@code CHAIN_UNAVAILABLE}, {@code CERTIFICATE_INVALID} if the manager
   *     is not the configured one, {@code UNAVAILABLE} if the manager does not answer, {@code
   *     ATTESTATION_REFUSED} and its kind if one side refuses the other
   */
  static WorkerNode start(WorkerSettings settings) {
    Parts parts = new Parts();
    try {
      return start(settings, Surroundings.of(settings, parts, new WorkerLog()), parts);
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /** The same in given surroundings, which close with the node. */
  static WorkerNode start(WorkerSettings settings, Surroundings around, Parts parts) {
    NodeSettings node = settings.node();
    NodeIdentity identity = around.identity();
    InstantSource clock = around.clock();
    WorkerLog log = around.log();
    NodeGrounds grounds = node.grounds(clock, around.random());
    parts.with(grounds, grounds::close);

    NodeCertificates certificates =
        new NodeCertificates(around.domain(), settings.managerAddress(), grounds::time);
    AttestedChannel manager =
        AttestedChannel.to(settings.manager(), Role.MANAGER, grounds)
            .as(identity)
            .requiring(
                peer -> around.registry().requireManager(certificates.manager(), peer.platformId()))
            .open();
    parts.with(manager, manager::close);
    UntilOperated.inRealTime().enrol(identity, () -> manager.connect(MANAGER_WAIT));
    Standing standing =
        new Standing(
            identity,
            () -> certificates.enrol(identity, settings.payout(), manager),
            around.domain(),
            execution(around, manager),
            clock,
            log);

    Memberships dispatchers =
        new Memberships(
            settings.dispatchers().stream()
                .map(at -> membership(at, grounds, identity, certificates, around))
                .toList(),
            clock,
            log);
    parts.with(dispatchers, dispatchers::close);
    ImageCache cache =
        ImageCache.of(identity.tee(), settings.node().data().resolve("images"), around.random());
    ManagerClient keys = new ManagerClient(manager, standing);
    Preparation preparation =
        new Preparation(
            keys,
            around.blobs(),
            new Images(around.blobs(), cache, IMAGE_BYTES_MAX),
            around.prices(),
            clock,
            settings.execution().wallTimeMax());
    Slots slots = new Slots(settings.execution().slots(), settings.execution().slotWait());
    Pace pace = Pace.inRealTime();
    Tasks tasks =
        new Tasks(
            new TicketCheck(
                around.domain(), identity.address(), identity.tee().kind(), certificates, clock),
            new OnceOnly<>(ANSWER_AGE, ANSWER_BYTES_MAX, Answer::sizeBytes, clock),
            preparation,
            around.executor(),
            new Delivery(
                around.domain(),
                identity.signer(),
                standing::all,
                around.blobs(),
                dispatchers,
                around.acknowledgements(),
                clock,
                around.random()),
            dispatchers,
            log,
            slots,
            pace);
    Replays replays =
        new Replays(
            around.domain(),
            identity.signer(),
            standing,
            keys,
            preparation,
            around.executor(),
            slots,
            pace,
            clock);

    ExecutorService background = Executors.newVirtualThreadPerTaskExecutor();
    parts.with(background, background::shutdownNow);
    AttestedServer server =
        AttestedServer.as(identity, grounds)
            .listen(node.listen())
            .messageBytesMax(MESSAGE_BYTES_MAX)
            .service(new WorkerRpc(tasks, replays, background), WorkerRpc.access())
            .start();
    parts.with(server, server::close);
    Endpoint advertised = node.advertisedWhenListeningOn(server.endpoint());
    dispatchers.start(() ->
        joinRequest(standing, tasks, advertised, settings.url(), settings.execution().slots()));
    return new WorkerNode(identity, server, manager, dispatchers, parts);
  }

  private static WorkerFacts.Execution execution(Surroundings around, AttestedChannel manager) {
    ManagerStatusResponse status = ManagerClient.status(manager);
    Facts executor = around.executor().facts();
    TeeKind kind = around.identity().tee().kind();
    int flags = 0;
    if (kind == TeeKind.SIMULATED || status.getSimulated()) {
      flags |= Execution.SIMULATED;
    }
    if (!executor.osSandbox()) {
      flags |= Execution.NO_OS_SANDBOX;
    }
    if (around.prices().trust() == Trust.UNVERIFIED) {
      flags |= Execution.UNVERIFIED_CHAIN;
    }
    if (!status.getRollbackProtection().equals(ROLLBACK_PROTECTED)) {
      flags |= Execution.ROLLBACK_UNPROTECTED;
    }
    return new WorkerFacts.Execution(executor.engine(), FuelTables.digest(), kind, flags);
  }

  private static Membership membership(
      Endpoint endpoint,
      NodeGrounds grounds,
      NodeIdentity identity,
      NodeCertificates certificates,
      Surroundings around) {
    return new Membership(
        endpoint,
        AttestedChannel.to(endpoint, Role.DISPATCHER, grounds)
            .as(identity)
            .requiring(peer ->
                around
                    .registry()
                    .requireNode(
                        certificates.shownBy(peer), certificates.manager(), peer.platformId())),
        certificates,
        around.log());
  }

  private static JoinRequest joinRequest(
      Standing standing, Tasks tasks, Endpoint advertised, String url, int slots) {
    standing.renewIfDue();
    WorkerFacts facts = standing.get();
    JoinRequest.Builder request =
        JoinRequest.newBuilder()
            .setEndpoint(advertised.toString())
            .setUrl(url)
            .setCertificate(Wire.of(facts.certificate()))
            .setSlots(slots)
            .setFlags(facts.execution().flags())
            .setEngine(facts.execution().engine())
            .setCostTable(Wire.of(facts.execution().costTable()));
    tasks.running().forEach(task -> request.addRunning(Wire.of(task.value())));
    return request.build();
  }

  /** Judges everybody again now who is connected, as happens by itself every 20 seconds. */
  void judgeAgain() {
    server.judgeAgain();
    manager.judgeAgain();
    dispatchers.judgeAgain();
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
