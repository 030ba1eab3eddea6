package io.teex.rpc;

import io.teex.attestation.TimeInterval;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * What was asked of one peer besides that the policy accepts it, and when that was last known to be
 * so. It is asked again in every round. A chain that cannot be reached says neither yes nor no: a
 * peer stays for a while on what it said last, so that not every pause of a node of the chain tears
 * a market apart, and no longer, so that nobody keeps a peer in by cutting the chain off.
 */
final class Met {
  private static final System.Logger LOG = System.getLogger(Met.class.getName());

  /** How long a peer stays on the chain's last word. */
  static final Duration UNANSWERED_MAX = Duration.ofMinutes(10);

  private final Consumer<Peer.Node> requirement;
  private final Peer.Node peer;
  private volatile Instant knownAt;

  private Met(Consumer<Peer.Node> requirement, Peer.Node peer, Instant knownAt) {
    this.requirement = requirement;
    this.peer = peer;
    this.knownAt = knownAt;
  }

  /**
   * @param now before it is asked
   * @throws TeexException why the peer does not meet it, or {@code CHAIN_UNAVAILABLE}
   */
  static Met by(Peer.Node peer, Consumer<Peer.Node> requirement, TimeInterval now) {
    requirement.accept(peer);
    return new Met(requirement, peer, now.earliest());
  }

  /**
   * @param now before it is asked
   * @throws TeexException why the peer does not meet it any more, or {@code CHAIN_UNAVAILABLE} if
   *     that has not been known for too long
   */
  void again(TimeInterval now) {
    try {
      requirement.accept(peer);
      knownAt = now.earliest();
    } catch (TeexException e) {
      if (e.code() != ErrorCode.CHAIN_UNAVAILABLE
          || !now.isSurelyNotAfter(knownAt.plus(UNANSWERED_MAX))) {
        throw e;
      }
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} stays until {1} at the latest on what the chain said last: {2}",
          peer,
          knownAt.plus(UNANSWERED_MAX),
          e.getMessage());
    }
  }
}
