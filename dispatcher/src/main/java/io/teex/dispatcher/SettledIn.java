package io.teex.dispatcher;

import io.teex.protocol.Bytes32;

/** The batch, and the transaction, that settled something. */
record SettledIn(long batch, Bytes32 transaction) {
  /**
   * For requests that were paid or reclaimed without this dispatcher, or that it leaves to others.
   */
  static final SettledIn ELSEWHERE = new SettledIn(0, Bytes32.ZERO);
}
