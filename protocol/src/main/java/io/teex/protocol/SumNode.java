package io.teex.protocol;

import java.util.Arrays;

/** A node of a Merkle-sum tree: a hash and the sum of the amounts below it. */
record SumNode(Bytes32 hash, Amount sum) {
  /** What an odd node is paired with. */
  static final SumNode EMPTY = new SumNode(Bytes32.ZERO, Amount.ZERO);

  /**
   * @throws ArithmeticException if the sum exceeds {@link Amount#MAX}
   */
  static SumNode parent(SumNode left, SumNode right) {
    return new SumNode(
        Keccak.hash(
            new byte[] {1}, left.hash.copy(), bytes(left.sum), right.hash.copy(), bytes(right.sum)),
        left.sum.plus(right.sum));
  }

  /** 16 bytes, big-endian. */
  static byte[] bytes(Amount amount) {
    return Arrays.copyOfRange(Words.uint(amount.value()), 16, 32);
  }
}
