package io.teex.dispatcher;

import io.teex.protocol.TeexException;

/** The last block whose requests were taken, kept in the journal. Used by one thread. */
final class Cursor {
  private final Journal journal;
  private Kept<Long> block;

  /**
   * @param start the block before the first that matters, when there is no cursor yet
   */
  Cursor(Journal journal, long start) {
    this.journal = journal;
    this.block = journal.number(Keys.cursor(), start);
  }

  long block() {
    return block.value();
  }

  /** Goes on to a later block, or back to an earlier one that is still on the chain, durably. */
  void move(long to) {
    try {
      long revision =
          journal.write().put(Keys.cursor(), Journal.encode(to), block.revision()).commit();
      block = new Kept<>(to, revision);
    } catch (TeexException e) {
      // Whether it was written is not known; to read blocks twice does no harm.
      block = journal.number(Keys.cursor(), block.value());
      throw e;
    }
  }
}
