package io.teex.chain;

/** Where views of the chain come from. Safe for many threads. */
public interface ChainViews {
  /**
   * A view of the newest block, or of one that was the newest a fraction of a second ago.
   *
   * @throws io.teex.protocol.TeexException {@code CHAIN_UNAVAILABLE}
   */
  ChainView latest();

  /**
   * Asks for the newest block now: for callers who know that something has just changed.
   *
   * @throws io.teex.protocol.TeexException {@code CHAIN_UNAVAILABLE}
   */
  ChainView refresh();
}
