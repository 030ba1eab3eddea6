package io.teex.manager.release;

import static io.teex.manager.release.Checks.require;
import static io.teex.protocol.ErrorCode.CERTIFICATE_INVALID;
import static io.teex.protocol.ErrorCode.NODE_NOT_ENROLLED;
import static io.teex.protocol.ErrorCode.ORDER_MISMATCH;
import static io.teex.protocol.ErrorCode.UNAVAILABLE;

import io.teex.chain.ChainClient;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes32;
import java.util.Optional;

/** Whether the chain agrees with the order on its history and with the lease on its nodes. */
public final class ChainRules {
  private ChainRules() {}

  /**
   * What the chain says.
   *
   * @param recentBlock its hash at the number of the order's recent block, if it is known
   */
  public record Facts(
      ChainClient.Block head,
      Optional<Bytes32> recentBlock,
      boolean dispatcherActive,
      boolean dispatcherRevoked,
      boolean workerRevoked) {}

  /**
   * @throws io.teex.protocol.TeexException {@code UNAVAILABLE} if the user has seen a newer chain,
   *     {@code ORDER_MISMATCH} if she has seen another one, {@code CERTIFICATE_INVALID} or {@code
   *     NODE_NOT_ENROLLED}
   */
  public static void check(Claim claim, Facts facts) {
    BlockRef seen = claim.order().recentBlock();
    require(
        facts.head().number() >= seen.number(),
        UNAVAILABLE,
        "the manager's view of the chain ends at block %d, the order was made at block %d",
        facts.head().number(),
        seen.number());
    require(
        facts.recentBlock().filter(seen.hash()::equals).isPresent(),
        ORDER_MISMATCH,
        "block %d of the order is not on the manager's chain, or no longer recent",
        seen.number());
    require(
        !facts.dispatcherRevoked(),
        CERTIFICATE_INVALID,
        "dispatcher %s was revoked on chain",
        claim.lease().dispatcher());
    require(
        facts.dispatcherActive(),
        NODE_NOT_ENROLLED,
        "dispatcher %s is not admitted on chain",
        claim.lease().dispatcher());
    require(
        !facts.workerRevoked(),
        CERTIFICATE_INVALID,
        "worker %s was revoked on chain",
        claim.lease().worker());
  }
}
