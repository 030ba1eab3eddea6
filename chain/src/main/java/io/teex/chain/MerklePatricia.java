package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import java.util.List;
import java.util.Optional;

/**
 * Proofs of what a Merkle-Patricia trie of Ethereum holds under a key, or that it holds nothing.
 *
 * @see <a
 *     href="https://ethereum.org/developers/docs/data-structures-and-encoding/patricia-merkle-trie">
 *     Merkle Patricia trie</a>
 */
final class MerklePatricia {
  /** The root of a trie that holds nothing. */
  static final Bytes32 EMPTY_ROOT = Keccak.hash(new byte[] {(byte) 0x80});

  private static final int BRANCH = 17;
  private static final int PATH = 2;
  private static final int HASH_BYTES = 32;
  private static final int ODD = 1;
  private static final int LEAF = 2;

  private final List<Bytes> proof;
  private final byte[] nibbles;
  private int used;

  private MerklePatricia(List<Bytes> proof, byte[] nibbles) {
    this.proof = proof;
    this.nibbles = nibbles;
  }

  /**
   * What the trie holds under the hash of a key, as all tries of Ethereum's state are keyed.
   *
   * @param proof the nodes from the root on; no more than there must be
   * @return empty if the proof shows that there is nothing
   * @throws IllegalArgumentException if the proof shows neither
   */
  static Optional<Bytes> find(Bytes32 root, Bytes key, List<Bytes> proof) {
    if (proof.isEmpty()) {
      if (root.equals(EMPTY_ROOT)) {
        return Optional.empty();
      }
      throw new IllegalArgumentException("no proof for a trie that is not empty");
    }
    MerklePatricia search = new MerklePatricia(proof, nibbles(Keccak.hash(key.copy()).copy()));
    Optional<Bytes> found = search.descend(search.node(root), 0);
    if (search.used != proof.size()) {
      throw new IllegalArgumentException("a proof with nodes that lead nowhere");
    }
    return found;
  }

  private static byte[] nibbles(byte[] bytes) {
    byte[] nibbles = new byte[2 * bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      nibbles[2 * i] = (byte) (bytes[i] >> 4 & 0xf);
      nibbles[2 * i + 1] = (byte) (bytes[i] & 0xf);
    }
    return nibbles;
  }

  /** The next node of the proof, which must have this hash. */
  private RlpItem node(Bytes32 hash) {
    if (used == proof.size()) {
      throw new IllegalArgumentException("a proof that ends before the key does");
    }
    Bytes encoded = proof.get(used++);
    if (!Keccak.hash(encoded.copy()).equals(hash)) {
      throw new IllegalArgumentException(
          "node %d of the proof is not the one that the node above names".formatted(used - 1));
    }
    return RlpItem.decode(encoded);
  }

  private Optional<Bytes> descend(RlpItem node, int at) {
    List<RlpItem> items = node.list();
    return switch (items.size()) {
      case BRANCH -> branch(items, at);
      case PATH -> path(items, at);
      default ->
          throw new IllegalArgumentException(
              "a node of the trie with %d items".formatted(items.size()));
    };
  }

  private Optional<Bytes> branch(List<RlpItem> items, int at) {
    if (at == nibbles.length) {
      throw new IllegalArgumentException("a branch below the end of the key");
    }
    return child(items.get(nibbles[at]), at + 1);
  }

  private Optional<Bytes> path(List<RlpItem> items, int at) {
    byte[] packed = nibbles(items.getFirst().text().copy());
    if (packed.length == 0 || packed[0] > (LEAF | ODD)) {
      throw new IllegalArgumentException("a path in the trie of an unknown kind");
    }
    boolean odd = (packed[0] & ODD) != 0;
    if (!odd && packed[1] != 0) {
      throw new IllegalArgumentException("a path in the trie with bits that mean nothing");
    }
    int from = odd ? 1 : 2;
    int length = packed.length - from;
    boolean same =
        length <= nibbles.length - at
            && java.util.Arrays.equals(packed, from, packed.length, nibbles, at, at + length);
    if (!same) {
      return Optional.empty();
    }
    if ((packed[0] & LEAF) == 0) {
      return child(items.getLast(), at + length);
    }
    if (at + length != nibbles.length) {
      throw new IllegalArgumentException("a leaf above the end of the key");
    }
    return Optional.of(items.getLast().text());
  }

  /** A node in full if it is short, or by its hash; nothing if there is none. */
  private Optional<Bytes> child(RlpItem reference, int at) {
    if (reference instanceof RlpItem.Items) {
      return descend(reference, at);
    }
    Bytes hash = reference.text();
    if (hash.isEmpty()) {
      return Optional.empty();
    }
    if (hash.size() != HASH_BYTES) {
      throw new IllegalArgumentException(
          "a node of the trie named by %d bytes".formatted(hash.size()));
    }
    return descend(node(new Bytes32(hash)), at);
  }
}
