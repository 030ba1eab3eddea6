package io.teex.manager.enrol;

import io.teex.chain.ChainView;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.Role;
import io.teex.protocol.TeexException;
import java.util.Locale;

/**
 * Whether somebody whom governance gave the machine answers for a node that is trusted widely.
 * Evidence alone never opens such a role: keys that leaked out of one machine would forge it.
 */
final class Operators {
  private Operators() {}

  /**
   * @throws TeexException {@code ATTESTATION_REFUSED} if the evidence does not tell its machine
   *     from others, {@code NODE_NOT_OPERATED} with what is to be signed
   */
  static void require(ChainView view, Role role, Address signer, Bytes platformId) {
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

  private static String name(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }
}
