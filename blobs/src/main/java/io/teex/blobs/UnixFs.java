package io.teex.blobs;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A blob as the blocks of a UnixFS file: raw leaves of equal size under a balanced tree of dag-pb
 * nodes, as IPFS importers lay it out. A blob of one leaf is that leaf.
 *
 * @param chunkBytes size of every leaf but the last
 * @param linksMax children of a node
 * @see <a href="https://specs.ipfs.tech/unixfs/">the UnixFS specification</a>
 */
record UnixFs(int chunkBytes, int linksMax) {
  /** What {@code ipfs add --cid-version=1 --raw-leaves --chunker=size-1048576} does. */
  static final UnixFs IPFS = new UnixFs(1 << 20, 174);

  /** Deeper than any tree of two or more children that an array can hold. */
  private static final int DEPTH_MAX = 32;

  /** Takes blocks, children before their parents. */
  interface BlockSink {
    /** Takes the block {@code bytes[from, to)}. */
    void put(Cid cid, byte[] bytes, int from, int to);
  }

  /** Gives blocks whose content was checked against their CID. */
  interface BlockSource {
    byte[] get(Cid cid);
  }

  /** Splits {@code content}, hands every block to {@code sink} and returns the root. */
  Cid write(byte[] content, BlockSink sink) {
    List<DagNode.Link> level = leaves(content, sink);
    while (level.size() > 1) {
      level = parents(level, sink);
    }
    return level.getFirst().cid();
  }

  private List<DagNode.Link> leaves(byte[] content, BlockSink sink) {
    List<DagNode.Link> leaves = new ArrayList<>();
    int from = 0;
    do {
      int to = from + Math.min(chunkBytes, content.length - from);
      Cid cid = Cid.ofBlock(Cid.Codec.RAW, Arrays.copyOfRange(content, from, to));
      sink.put(cid, content, from, to);
      leaves.add(new DagNode.Link(cid, to - from, to - from));
      from = to;
    } while (from < content.length);
    return leaves;
  }

  private List<DagNode.Link> parents(List<DagNode.Link> level, BlockSink sink) {
    List<DagNode.Link> parents = new ArrayList<>();
    for (int i = 0; i < level.size(); i += linksMax) {
      DagNode node = new DagNode(level.subList(i, Math.min(i + linksMax, level.size())));
      byte[] block = node.encode();
      Cid cid = Cid.ofBlock(Cid.Codec.DAG_PB, block);
      sink.put(cid, block, 0, block.length);
      parents.add(new DagNode.Link(cid, node.contentBytes(), node.treeBytes() + block.length));
    }
    return parents;
  }

  /**
   * Puts the content of a tree together.
   *
   * @throws TeexException {@code BLOB_TAMPERED} if a node contradicts its children, {@code
   *     MALFORMED} if a node is no UnixFS file or the content exceeds {@code bytesMax}
   */
  static byte[] read(Cid root, BlockSource blocks, int bytesMax) {
    byte[] block = blocks.get(root);
    if (root.codec() == Cid.Codec.RAW) {
      requireSize(block.length, bytesMax);
      return block;
    }
    DagNode node = DagNode.decode(block);
    requireSize(node.contentBytes(), bytesMax);
    byte[] content = new byte[(int) node.contentBytes()];
    fill(content, 0, node, blocks, 0);
    return content;
  }

  /** The size that a root block promises for its content. */
  static long contentBytes(Cid root, byte[] block) {
    return root.codec() == Cid.Codec.RAW ? block.length : DagNode.decode(block).contentBytes();
  }

  private static void fill(byte[] content, int from, DagNode node, BlockSource blocks, int depth) {
    if (depth == DEPTH_MAX) {
      throw new TeexException(ErrorCode.MALFORMED, "a blob's tree is deeper than " + DEPTH_MAX);
    }
    int at = from;
    for (DagNode.Link link : node.links()) {
      byte[] block = blocks.get(link.cid());
      if (contentBytes(link.cid(), block) != link.contentBytes()) {
        throw new TeexException(
            ErrorCode.BLOB_TAMPERED,
            "block %s has not the size that its parent says".formatted(link.cid()));
      }
      if (link.cid().codec() == Cid.Codec.RAW) {
        System.arraycopy(block, 0, content, at, block.length);
      } else {
        fill(content, at, DagNode.decode(block), blocks, depth + 1);
      }
      at += (int) link.contentBytes();
    }
  }

  private static void requireSize(long bytes, int bytesMax) {
    if (bytes > bytesMax) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "a blob of %,d bytes, at most %,d are taken".formatted(bytes, bytesMax));
    }
  }
}
