package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.TeexException;

/**
 * The machines that governance gave to operators. Measurement alone opens nothing: whoever breaks
 * one machine of a kind can run what measures right and is not.
 */
public record ListedPlatforms(ChainViews chain) {
  /**
   * @param who as the refusal names the peer
   * @param platformId what its evidence says of its machine
   * @throws TeexException {@code ATTESTATION_REFUSED} unless the machine is listed for an operator
   *     now; {@code CHAIN_UNAVAILABLE}
   */
  public void require(String who, Bytes platformId) {
    if (platformId.isEmpty()) {
      throw refused(who, "does not tell which machine it runs on");
    }
    Bytes32 platform = NodeOperation.platform(platformId);
    ChainView view = chain.refresh();
    EnclaveRegistry.Platform listed = view.platform(platform).value();
    if (listed.operator().equals(Address.ZERO)
        || Long.compareUnsigned(listed.from(), view.block().time()) > 0) {
      throw refused(
          who,
          "runs on platform %s, which governance lists for no operator now".formatted(platform));
    }
  }

  private static TeexException refused(String who, String what) {
    return new TeexException(ErrorCode.ATTESTATION_REFUSED, "%s %s".formatted(who, what));
  }
}
