package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Execution;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import io.teex.rpc.Endpoint;
import io.teex.rpc.Peer;
import io.teex.rpc.node.NodeCertificates;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Lets workers in, and hears that they are alive. */
final class WorkerDesk {
  private static final int SLOTS_MAX = 1_024;
  private static final int URL_CHARS_MAX = 256;
  private static final Pattern URL =
      Pattern.compile("https?://[A-Za-z0-9.\\-\\[\\]:]+(?:/[A-Za-z0-9._~/\\-]*)?");

  private final NodeCertificates certificates;
  private final Chain chain;
  private final WorkerPool workers;
  private final DispatcherLog log;

  /** Of workers with a stake, so that nobody fills it for nothing. */
  private final Map<Address, Signed<NodeCertificate>> introduced = new ConcurrentHashMap<>();

  WorkerDesk(NodeCertificates certificates, Chain chain, WorkerPool workers, DispatcherLog log) {
    this.certificates = certificates;
    this.chain = chain;
    this.workers = workers;
    this.log = log;
  }

  /** What a worker says of itself. */
  record Application(
      Signed<NodeCertificate> certificate,
      String endpoint,
      String url,
      int slots,
      int flags,
      String engine,
      Bytes32 costTable) {}

  /**
   * Lets a worker join, or stay.
   *
   * @param peer at the other end of the attested channel
   * @throws TeexException {@code CERTIFICATE_INVALID} unless the manager certified this very peer
   *     as a worker, and if the chain revoked it; {@code PERMISSION_DENIED} if the market asks
   *     workers for a stake and it has less; {@code USAGE} if what it says of itself makes no sense
   */
  void join(Application application, Set<TaskId> running, Peer.Node peer) {
    NodeCertificate certificate = certificates.require(application.certificate(), peer);
    // A worker says again and again that it is alive, so a revocation holds within its silence. The
    // manager gives it no keys from the block on; here it would only use up attempts.
    if (chain.view().isRevoked(certificate.signer())) {
      throw new TeexException(
          ErrorCode.CERTIFICATE_INVALID,
          "worker %s was revoked on chain".formatted(certificate.signer()));
    }
    requireStake(application.certificate());
    if (certificate.payout().isZero()) {
      throw usage("a worker needs an account to be paid to");
    }
    if (application.slots() < 1 || application.slots() > SLOTS_MAX) {
      throw usage("%d slots, expected 1 to %d".formatted(application.slots(), SLOTS_MAX));
    }
    if (peer.simulated() && (application.flags() & Execution.SIMULATED) == 0) {
      throw usage("a worker in a simulated TEE must say so in its receipts");
    }
    WorkerNode worker =
        new WorkerNode(
            application.certificate(),
            Endpoint.parse(application.endpoint()).toString(),
            requireUrl(application.url()),
            peer.claims().kind(),
            application.slots(),
            application.flags(),
            application.engine(),
            application.costTable());
    if (workers.join(worker, running)) {
      log.workerJoined(worker);
    }
  }

  /**
   * Where stakes are asked for, the registry gets to know a worker before it is leased anything: by
   * the time of a batch its stake may be gone, and a receipt of a worker that was never let in
   * justifies nothing.
   */
  private void requireStake(Signed<NodeCertificate> worker) {
    Address signer = worker.value().signer();
    MarketView.Stake stake = chain.view().workerStake(signer);
    if (stake.minimum().isZero()) {
      return;
    }
    if (stake.bonded().compareTo(stake.minimum()) < 0) {
      throw new TeexException(
          ErrorCode.PERMISSION_DENIED,
          "%s is bonded for worker %s, this market asks for %s: 'teex node bond %s AMOUNT' adds to it"
              .formatted(stake.bonded(), signer, stake.minimum(), signer));
    }
    // Asked once for each certificate, and not at every heartbeat.
    if (!worker.equals(introduced.get(signer))) {
      chain.introduce(worker);
      introduced.put(signer, worker);
    }
  }

  /** Users are told it, so it is nothing else than the address of a server, or nothing. */
  private static String requireUrl(String url) {
    if (!url.isEmpty() && (url.length() > URL_CHARS_MAX || !URL.matcher(url).matches())) {
      throw usage(
          "the worker's url is no http://host:port or https:// of at most %d characters"
              .formatted(URL_CHARS_MAX));
    }
    return url;
  }

  private static TeexException usage(String what) {
    return new TeexException(ErrorCode.USAGE, what);
  }
}
