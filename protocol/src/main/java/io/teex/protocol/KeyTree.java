package io.teex.protocol;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A binary tree of keys (Goldreich, Goldwasser and Micali's construction with HMAC-SHA-256): each
 * key gives the two below it, none gives one beside or above it. So a few nodes open a range and
 * nothing else.
 */
final class KeyTree {
  static final int KEY_BYTES = 32;

  /** What is derived from a key: its children, and of a leaf what its chunk is sealed with. */
  enum Step {
    LEFT(0),
    RIGHT(1),
    CHUNK_KEY(2),
    CHUNK_COMMITMENT(3);

    private final byte label;

    Step(int label) {
      this.label = (byte) label;
    }
  }

  /**
   * @param level 0 for the root
   * @param position among the nodes of its level
   */
  record Node(int level, int position) {
    ChunkRange leaves(int depth) {
      int below = depth - level;
      return new ChunkRange(position << below, (position + 1) << below);
    }
  }

  private KeyTree() {}

  /** The root of one sealing: another salt or shape makes another tree. */
  static byte[] root(SecretBytes datasetKey, byte[] salt, byte[] header) {
    byte[] tag = "TEEX data tree 1".getBytes(StandardCharsets.US_ASCII);
    byte[] info = Arrays.copyOf(tag, tag.length + header.length);
    System.arraycopy(header, 0, info, tag.length, header.length);
    byte[] exposed = datasetKey.expose();
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addSalt(salt)
                  .addIKM(exposed)
                  .thenExpand(info, KEY_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK 25 has HKDF-SHA256", e);
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  static byte[] derive(byte[] key, Step step) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(new byte[] {step.label});
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  /** The key of a node below {@code from}; its callers overwrite it. */
  static byte[] descend(byte[] key, Node from, Node to) {
    byte[] at = key.clone();
    for (int level = from.level(); level < to.level(); level++) {
      boolean right = ((to.position() >>> (to.level() - level - 1)) & 1) == 1;
      byte[] next = derive(at, right ? Step.RIGHT : Step.LEFT);
      Arrays.fill(at, (byte) 0);
      at = next;
    }
    return at;
  }

  /**
   * The fewest nodes whose leaves are the chunks of a range, from left to right. Behind the last
   * chunk there is nothing to open, so a range up to the end takes what lies there with it.
   */
  static List<Node> cover(DatasetShape shape, ChunkRange range) {
    int depth = shape.depth();
    int to = range.to() == shape.chunks() ? 1 << depth : range.to();
    List<Node> cover = new ArrayList<>();
    collect(new Node(0, 0), depth, new ChunkRange(range.from(), to), cover);
    return cover;
  }

  private static void collect(Node node, int depth, ChunkRange range, List<Node> cover) {
    ChunkRange leaves = node.leaves(depth);
    if (leaves.to() <= range.from() || leaves.from() >= range.to()) {
      return;
    }
    if (range.contains(leaves)) {
      cover.add(node);
      return;
    }
    collect(new Node(node.level() + 1, 2 * node.position()), depth, range, cover);
    collect(new Node(node.level() + 1, 2 * node.position() + 1), depth, range, cover);
  }
}
