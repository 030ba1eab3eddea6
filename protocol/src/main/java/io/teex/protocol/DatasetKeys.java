package io.teex.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What opens one range of a sealed data set and nothing else of it: the nodes of its key tree that
 * cover the range. For all of the data set that is the root.
 *
 * <pre>
 * encoded = first chunk (4 bytes, big-endian) ‖ chunk behind the last (4) ‖ keys, left to right
 * </pre>
 */
public final class DatasetKeys implements AutoCloseable {
  /** The longest encoding: a cover has two nodes on each level at most. */
  public static final int ENCODED_BYTES_MAX = 8 + 2 * 20 * KeyTree.KEY_BYTES;

  private final ChunkRange range;
  private final SecretBytes keys;

  private DatasetKeys(ChunkRange range, SecretBytes keys) {
    this.range = range;
    this.keys = keys;
  }

  static DatasetKeys whole(DatasetShape shape, byte[] root) {
    return new DatasetKeys(shape.whole(), SecretBytes.copyOf(root));
  }

  public ChunkRange range() {
    return range;
  }

  /**
   * The keys of a smaller range.
   *
   * @throws TeexException {@code MALFORMED} if it is not within this one
   */
  public DatasetKeys narrow(DatasetShape shape, ChunkRange smaller) {
    requireFits(shape);
    if (!range.contains(smaller)) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "chunks %s are not within %s, which these keys open".formatted(smaller, range));
    }
    List<KeyTree.Node> cover = KeyTree.cover(shape, smaller);
    byte[] narrowed = new byte[cover.size() * KeyTree.KEY_BYTES];
    for (int i = 0; i < cover.size(); i++) {
      byte[] key = key(shape, cover.get(i));
      System.arraycopy(key, 0, narrowed, i * KeyTree.KEY_BYTES, KeyTree.KEY_BYTES);
      Arrays.fill(key, (byte) 0);
    }
    return new DatasetKeys(smaller, SecretBytes.owned(narrowed));
  }

  /** The secret of one chunk; the caller overwrites it. */
  byte[] chunk(DatasetShape shape, int chunk) {
    requireFits(shape);
    if (!range.contains(chunk)) {
      throw new TeexException(
          ErrorCode.PERMISSION_DENIED,
          "chunk %d is not within %s, which these keys open".formatted(chunk, range));
    }
    return key(shape, new KeyTree.Node(shape.depth(), chunk));
  }

  private byte[] key(DatasetShape shape, KeyTree.Node wanted) {
    ChunkRange leaves = wanted.leaves(shape.depth());
    List<KeyTree.Node> cover = KeyTree.cover(shape, range);
    byte[] all = keys.expose();
    try {
      for (int i = 0; i < cover.size(); i++) {
        if (cover.get(i).leaves(shape.depth()).contains(leaves)) {
          int from = i * KeyTree.KEY_BYTES;
          byte[] key = Arrays.copyOfRange(all, from, from + KeyTree.KEY_BYTES);
          byte[] found = KeyTree.descend(key, cover.get(i), wanted);
          Arrays.fill(key, (byte) 0);
          return found;
        }
      }
      throw new IllegalStateException("a cover covers its range");
    } finally {
      Arrays.fill(all, (byte) 0);
    }
  }

  /**
   * A chunk under each of the nodes: who finds that these open knows that all of the keys are
   * right.
   */
  public List<Integer> samples(DatasetShape shape) {
    requireFits(shape);
    return KeyTree.cover(shape, range).stream()
        .map(node -> node.leaves(shape.depth()).from())
        .toList();
  }

  /**
   * @throws TeexException {@code MALFORMED} if these are keys of a data set of another shape
   */
  public void requireFits(DatasetShape shape) {
    if (!shape.whole().contains(range)) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "keys of chunks %s, the data set has %d".formatted(range, shape.chunks()));
    }
    int expected = KeyTree.cover(shape, range).size() * KeyTree.KEY_BYTES;
    if (keys.size() != expected) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "%d bytes of keys for chunks %s of %d, expected %d"
              .formatted(keys.size(), range, shape.chunks(), expected));
    }
  }

  public SecretBytes encode() {
    byte[] exposed = keys.expose();
    byte[] encoded = new byte[8 + exposed.length];
    ByteBuffer.wrap(encoded).putInt(range.from()).putInt(range.to()).put(exposed);
    Arrays.fill(exposed, (byte) 0);
    return SecretBytes.owned(encoded);
  }

  /**
   * @throws TeexException {@code MALFORMED}
   */
  public static DatasetKeys decode(SecretBytes encoded) {
    int bytes = encoded.size() - 8;
    if (bytes < KeyTree.KEY_BYTES
        || encoded.size() > ENCODED_BYTES_MAX
        || bytes % KeyTree.KEY_BYTES != 0) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "%d bytes are no keys of a data set, expected 8 and a few times %d"
              .formatted(encoded.size(), KeyTree.KEY_BYTES));
    }
    byte[] exposed = encoded.expose();
    try {
      ByteBuffer in = ByteBuffer.wrap(exposed);
      ChunkRange range = new ChunkRange(in.getInt(), in.getInt());
      return new DatasetKeys(
          range, SecretBytes.owned(Arrays.copyOfRange(exposed, 8, exposed.length)));
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  @Override
  public void close() {
    keys.close();
  }

  @Override
  public String toString() {
    return "DatasetKeys[%s, redacted]".formatted(range);
  }
}
