package io.teex.worker;

import io.teex.attestation.Tee;
import io.teex.blobs.BlobStore;
import io.teex.blobs.CachingBlobStore;
import io.teex.blobs.HttpBlobStore;
import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainViews;
import io.teex.chain.NodeRegistry;
import io.teex.chain.RegisteredNodes;
import io.teex.chain.RpcChainViews;
import io.teex.executor.Executor;
import io.teex.executor.ExecutorConfig;
import io.teex.executor.ProcessExecutor;
import io.teex.protocol.Domain;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.rpc.NodeIdentity;
import io.teex.rpc.node.NodeSettings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** What a worker finds around itself, besides the nodes that it calls. */
record Surroundings(
    NodeIdentity identity,
    Domain domain,
    PriceList prices,
    NodeRegistry registry,
    BlobStore blobs,
    Executor executor,
    InstantSource clock,
    SecureRandom random,
    WorkerLog log) {
  private static final int SESSIONS_MAX = 32;
  private static final int IDLE_MIN = 2;
  private static final Duration SESSION_IDLE = Duration.ofMinutes(1);

  /** The real ones. */
  static Surroundings of(WorkerSettings settings, Parts parts, WorkerLog log) {
    InstantSource clock = InstantSource.system();
    SecureRandom random = new SecureRandom();
    ProcessExecutor executor = executor(settings.execution(), log);
    parts.with(executor, executor::close);
    Addresses addresses = Addresses.read(settings.chainAddresses());
    ChainClient chain = ChainClient.connect(settings.chainRpc());
    parts.with(chain, chain::close);
    ChainViews views = new RpcChainViews(chain, addresses);
    HttpBlobStore blobs = new HttpBlobStore(settings.blobs());
    parts.with(blobs, blobs::close);
    return new Surroundings(
        identity(settings.node(), executor.programs(), clock, random),
        addresses.domain(),
        new ChainPriceList(views),
        new RegisteredNodes(views),
        new CachingBlobStore(blobs, settings.execution().cacheBytesMax()),
        executor,
        clock,
        random,
        log);
  }

  private static ProcessExecutor executor(WorkerSettings.Execution settings, WorkerLog log) {
    if (!settings.osSandbox()) {
      log.sandboxMissing();
    }
    ProcessExecutor executor = ProcessExecutor.start(config(settings));
    if (!executor.boundsMemory()) {
      log.memoryUnbounded();
    }
    return executor;
  }

  private static ExecutorConfig config(WorkerSettings.Execution settings) {
    return ExecutorConfig.DEFAULT
        .withEngine(settings.engine())
        .withWalls(
            new ExecutorConfig.Walls(
                settings.nodeProgram(), settings.bubblewrap(), settings.osSandbox()))
        .withPool(
            new ExecutorConfig.Pool(
                settings.slots(),
                Math.min(IDLE_MIN, settings.slots()),
                SESSIONS_MAX,
                SESSION_IDLE));
  }

  /**
   * A signing key of this process alone: what was leased to a process that ended can never be
   * executed again by the one that comes after it. Earnings go to the payout account, so no money
   * hangs on the key.
   *
   * @param programs that see what the worker's tasks see: they are measured with it
   */
  private static NodeIdentity identity(
      NodeSettings settings, List<Path> programs, InstantSource clock, SecureRandom random) {
    Tee tee = settings.tee(WorkerMain.class, programs, clock, random);
    return NodeIdentity.create(
        Role.WORKER, tee, SigningKey.generate(random), settings.data(), clock, random);
  }
}
