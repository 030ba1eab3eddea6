package io.teex.protocol;

import java.util.List;

/**
 * What a user asks for and the most that she pays for it; signed by her or by a {@link Session}
 * key.
 *
 * @param dispatcher who may schedule it; zero in on-chain requests only, where any may
 * @param lane which of the user's allowances for this dispatcher pays
 * @param sequence 1, 2, 3, … in the lane, each settled at most once; 0 in on-chain requests
 * @param datasets in the order in which the service sees them
 * @param purpose free text that licences compare with, empty for none
 * @param inputCommitment {@link Commitment#input} of the input; zero only without data sets
 * @param recentBlock a block that the user holds final; a dispatcher or manager whose view of the
 *     chain is older refuses
 * @param deadline seconds since the epoch after which nothing of it may be executed
 * @param salt random, so that equal orders have different ids
 */
public record Order(
    Address user,
    Address dispatcher,
    int lane,
    long sequence,
    ServiceRef service,
    List<DatasetUse> datasets,
    String purpose,
    Bytes32 inputCommitment,
    OutputTerms output,
    FeeTerms fee,
    Limits limits,
    Tier tier,
    BlockRef recentBlock,
    long deadline,
    Bytes32 salt) {
  public Order {
    Require.uint32("lane", lane);
    Require.uint64("sequence", sequence);
    Require.uint64("deadline", deadline);
    datasets = List.copyOf(datasets);
  }

  /** The task's id: the EIP-712 hash of this order. */
  public TaskId id(Domain domain) {
    return new TaskId(TypedData.hash(domain, this));
  }

  /** Whether it is paid out of its own escrow on chain instead of an allowance. */
  public boolean isOnChain() {
    return dispatcher.isZero();
  }
}
