package io.teex.chain;

/** From when on a block counts. */
public sealed interface Finality {
  /** Every block counts: for a chain that nobody reorganises. */
  Finality NONE = new Depth(0);

  /**
   * A block counts once so many lie on top of it.
   *
   * @param blocks 0 to 10,000
   */
  record Depth(int blocks) implements Finality {
    private static final int MAX = 10_000;

    public Depth {
      if (blocks < 0 || blocks > MAX) {
        throw new IllegalArgumentException(
            "%d blocks, expected 0 to %d, 'safe' or 'finalized'".formatted(blocks, MAX));
      }
    }

    @Override
    public String toString() {
      return Integer.toString(blocks);
    }
  }

  /** What the chain's own consensus says of a block, as the node tells it. */
  enum Tag implements Finality {
    /** It will stay unless the network is attacked. */
    SAFE("safe"),
    /** It can go only if a third of the stake is destroyed. */
    FINALIZED("finalized");

    private final String name;

    Tag(String name) {
      this.name = name;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * @param text a number of blocks, {@code safe} or {@code finalized}
   * @throws IllegalArgumentException if it is nothing of that
   */
  static Finality parse(String text) {
    for (Tag tag : Tag.values()) {
      if (tag.name.equals(text)) {
        return tag;
      }
    }
    try {
      return new Depth(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected a number of blocks, 'safe' or 'finalized'", e);
    }
  }
}
