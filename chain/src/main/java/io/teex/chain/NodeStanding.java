package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.util.Locale;

/** What the registry has to say of a node as of one block, before it is trusted. */
public final class NodeStanding {
  private NodeStanding() {}

  /**
   * Whether somebody whom governance gave the machine answers for a node that is trusted widely.
   * Evidence alone never opens such a role: keys that leaked out of one machine would forge it.
   *
   * @throws TeexException {@code ATTESTATION_REFUSED} if the evidence does not tell its machine
   *     from others, {@code NODE_NOT_OPERATED} with what is to be signed
   */
  public static void requireOperated(ChainView view, Role role, Address signer, Bytes platformId) {
    if (platformId.isEmpty()) {
      throw new TeexException(
          ErrorCode.ATTESTATION_REFUSED,
          "the evidence of %s %s does not tell its machine from others, so that nobody can answer"
                  .formatted(name(role), signer)
              + " for it: run it where evidence does (TDX, or SNP with a VCEK)");
    }
    Bytes32 platform = NodeOperation.platform(platformId);
    boolean operated =
        view.isOperated(signer, role).value()
            && view.operation(signer).value().platform().equals(platform);
    if (!operated) {
      throw new TeexException(
          ErrorCode.NODE_NOT_OPERATED,
          "nobody answers on chain for %s %s on platform %s now: governance lists the platform for"
                  .formatted(name(role), signer, platform)
              + " an operator, who signs for the node with 'teex node operate DATA_DIR --as"
              + " OPERATOR'; both take effect after the registry's trust delay");
    }
  }

  /**
   * @throws TeexException {@code CERTIFICATE_INVALID}
   */
  public static void requireNotRevoked(ChainView view, Address signer) {
    if (view.node(signer).value().filter(EnclaveRegistry.Node::revoked).isPresent()) {
      throw new TeexException(
          ErrorCode.CERTIFICATE_INVALID, "node %s was revoked on chain".formatted(signer));
    }
  }

  /** Whether governance lists the manager's key, in whatever epoch; not whether it is operated. */
  static void requireListed(ChainView view, Address manager) {
    EnclaveRegistry.Manager listed = view.manager(manager).value();
    if (!listed.active() || Long.compareUnsigned(listed.from(), view.block().time()) > 0) {
      throw new TeexException(
          ErrorCode.NODE_NOT_OPERATED,
          "governance does not list %s as a manager now: it does with setManager, which takes"
                  .formatted(manager)
              + " effect after the registry's trust delay");
    }
  }

  /** Whether the manager may sign certificates of this one's epoch, still. */
  static void requireManagerOf(ChainView view, NodeCertificate certificate, Address manager) {
    if (!view.isManager(manager, certificate.managerEpoch()).value()) {
      throw new TeexException(
          ErrorCode.CERTIFICATE_INVALID,
          "the certificate of %s %s is signed by %s, which is no manager of epoch %d now"
              .formatted(
                  name(certificate.role()),
                  certificate.signer(),
                  manager,
                  certificate.managerEpoch()));
    }
  }

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
