package io.teex.protocol;

/**
 * What a batch takes from one allowance.
 *
 * @param to the last sequence of the lane that the batch settles
 * @param amount for all sequences after the previously settled one up to {@code to}
 */
public record Debit(Address payer, int lane, long to, Amount amount) {
  public Debit {
    Require.uint32("lane", lane);
    Require.uint64("sequence", to);
  }
}
