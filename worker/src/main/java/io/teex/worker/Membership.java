package io.teex.worker;

import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.Endpoint;
import io.teex.rpc.Peer;
import io.teex.rpc.node.NodeCertificates;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.JoinRequest;
import io.teex.rpc.proto.JoinResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This worker's membership with one dispatcher: joins, says again and again that it is alive, and
 * joins anew when the dispatcher was gone.
 */
final class Membership implements AutoCloseable {
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final Duration HEARTBEAT_MAX = Duration.ofSeconds(30);

  private final Endpoint endpoint;
  private final AttestedChannel channel;
  private final NodeCertificates certificates;
  private final WorkerLog log;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<Peer.@Nullable Node> peer = new AtomicReference<>();
  private volatile @Nullable Member member;

  /**
   * What the dispatcher said of itself.
   *
   * @param basisPoints that it takes
   */
  record Member(Address dispatcher, int basisPoints) {}

  /**
   * @param channel to the endpoint; not yet open
   */
  Membership(
      Endpoint endpoint,
      AttestedChannel.Builder channel,
      NodeCertificates certificates,
      WorkerLog log) {
    this.endpoint = endpoint;
    // Every connection names its peer anew: after a restart the dispatcher has another TLS key.
    this.channel = channel.telling(peer::set).open();
    this.certificates = certificates;
    this.log = log;
  }

  /**
   * Begins to join.
   *
   * @param request what to say of this worker now
   */
  void start(Supplier<JoinRequest> request) {
    Thread.ofVirtual().name("membership " + endpoint).start(() -> keep(request));
  }

  AttestedChannel channel() {
    return channel;
  }

  /** What is known of the dispatcher since it was first joined. */
  Optional<Member> member() {
    return Optional.ofNullable(member);
  }

  private void keep(Supplier<JoinRequest> request) {
    try {
      boolean lost = false;
      Duration pause = Duration.ZERO;
      while (!stop.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          pause = join(request.get(), lost);
          lost = false;
        } catch (TeexException e) {
          if (!lost) {
            log.dispatcherLost(endpoint.toString(), e);
          }
          lost = true;
          pause = RETRY;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Joins once and returns when to do so again. */
  private Duration join(JoinRequest request, boolean wasLost) {
    JoinResponse joined = channel.call(DispatcherGrpc.getJoinMethod(), request);
    if (joined.getCertificate().isEmpty()) {
      throw new TeexException(
          ErrorCode.NODE_NOT_ENROLLED, "the dispatcher is not enrolled itself yet");
    }
    NodeCertificate certificate =
        certificates.require(
            Signed.decode(NodeCertificate.class, joined.getCertificate().toByteArray()),
            Objects.requireNonNull(peer.get(), "an answer without a proven peer"));
    Member now = new Member(certificate.signer(), joined.getBasisPoints());
    if (wasLost || !now.equals(member)) {
      log.joined(endpoint.toString(), now.dispatcher(), now.basisPoints());
    }
    member = now;
    Duration heartbeat = Duration.ofMillis(joined.getHeartbeatMillis());
    return heartbeat.isPositive() && heartbeat.compareTo(HEARTBEAT_MAX) < 0
        ? heartbeat
        : HEARTBEAT_MAX;
  }

  @Override
  public void close() {
    stop.countDown();
    channel.close();
  }

  @Override
  public String toString() {
    return "%s at %s".formatted(Role.DISPATCHER, endpoint);
  }
}
