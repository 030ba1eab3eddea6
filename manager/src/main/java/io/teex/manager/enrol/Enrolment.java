package io.teex.manager.enrol;

import io.teex.attestation.Claims;
import io.teex.chain.ChainView;
import io.teex.chain.ChainViews;
import io.teex.chain.NodeStanding;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.manager.keys.RootKeys;
import io.teex.manager.release.MarketClock;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Issues node certificates. They live shortly: a node shows fresh evidence for each, so that what
 * is no longer accepted fades out by itself.
 */
public final class Enrolment {
  private final ManagerIdentity manager;
  private final RootKeys keys;
  private final ChainViews chain;
  private final MarketClock clock;
  private final Duration life;

  /** The TLS key that each store enrolled with last: as many as operators answered for. */
  private final Map<Address, Bytes32> stores = new ConcurrentHashMap<>();

  /**
   * @param life how long a certificate lasts
   */
  public Enrolment(
      ManagerIdentity manager, RootKeys keys, ChainViews chain, MarketClock clock, Duration life) {
    this.manager = manager;
    this.keys = keys;
    this.chain = chain;
    this.clock = clock;
    this.life = life;
  }

  /**
   * Certifies a node that proved its role and claims on an attested channel, and that it holds the
   * key of {@code signer}.
   *
   * @param signer the account of the node's signing key
   * @param payout the account that is paid for the node's work
   * @throws TeexException {@code PERMISSION_DENIED} for a role that is not enrolled, {@code
   *     ATTESTATION_REFUSED} on a platform whose TCB is revoked, {@code CERTIFICATE_INVALID} if the
   *     registry has revoked the signer, {@code NODE_NOT_OPERATED} for a store or dispatcher that
   *     nobody answers for on this very platform
   */
  public Signed<NodeCertificate> admit(
      Role role, Bytes32 tlsKeyHash, Claims claims, Address signer, Address payout) {
    if (role == Role.MANAGER) {
      throw new TeexException(
          ErrorCode.PERMISSION_DENIED, "managers are set by governance, not enrolled");
    }
    if (claims.tcbStatus() == TcbStatus.REVOKED) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED, "the platform of %s has a revoked TCB".formatted(signer));
    }
    ChainView view = chain.refresh();
    clock.observe(view.block());
    requireStanding(view, role, signer, claims);
    if (role == Role.STORE) {
      stores.put(signer, tlsKeyHash);
    }
    // By the later end of time: a chain without new blocks must not make certificates that are over
    // when they are issued. A host that moves its clock ahead gains life for a certificate, which a
    // revocation on chain still ends.
    Instant now = clock.now().latest();
    return manager.sign(
        new NodeCertificate(
            role,
            tlsKeyHash,
            signer,
            payout,
            claims.measurement().value(),
            keys.platformTag(Machine.of(claims)),
            claims.tcbStatus(),
            manager.epoch(),
            now.plus(life).getEpochSecond()));
  }

  /**
   * That the store at the other end of an attested channel is one that enrolled, and still may act:
   * what it measures as opens nothing.
   *
   * @throws TeexException {@code NODE_NOT_ENROLLED} if this TLS key did not enrol since this
   *     manager started, else as {@link #admit}
   */
  public void requireStore(Bytes32 tlsKeyHash, Claims claims) {
    Address signer =
        stores.entrySet().stream()
            .filter(store -> store.getValue().equals(tlsKeyHash))
            .findFirst()
            .map(Map.Entry::getKey)
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.NODE_NOT_ENROLLED,
                    "the store of TLS key %s has not enrolled here".formatted(tlsKeyHash)));
    requireStanding(chain.refresh(), Role.STORE, signer, claims);
  }

  private static void requireStanding(ChainView view, Role role, Address signer, Claims claims) {
    NodeStanding.requireNotRevoked(view, signer);
    if (role != Role.WORKER) {
      NodeStanding.requireOperated(view, role, signer, claims.platformId());
    }
  }
}
