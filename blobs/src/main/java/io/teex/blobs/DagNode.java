package io.teex.blobs;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An inner node of a UnixFS file as a dag-pb block: links in order, then the UnixFS message with
 * the sizes of what each link holds. There is one encoding; anything else is refused.
 */
record DagNode(List<Link> links) {
  // dag-pb: PBNode { Data = 1, Links = 2 }, PBLink { Hash = 1, Name = 2, Tsize = 3 }; links first.
  private static final int NODE_DATA = 0x0a;
  private static final int NODE_LINK = 0x12;
  private static final int LINK_HASH = 0x0a;
  private static final int LINK_NAME = 0x12;
  private static final int LINK_TREE_BYTES = 0x18;
  // UnixFS: Data { Type = 1, Data = 2, filesize = 3, blocksizes = 4 }.
  private static final int FILE_TYPE = 0x08;
  private static final int FILE_SIZE = 0x18;
  private static final int FILE_BLOCK_SIZE = 0x20;
  private static final int TYPE_FILE = 2;

  /**
   * @param contentBytes of the file's content below the link, at least 1
   * @param treeBytes of all blocks below the link
   */
  record Link(Cid cid, long contentBytes, long treeBytes) {}

  DagNode {
    links = List.copyOf(links);
  }

  long contentBytes() {
    return links.stream().mapToLong(Link::contentBytes).sum();
  }

  long treeBytes() {
    return links.stream().mapToLong(Link::treeBytes).sum();
  }

  byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Link link : links) {
      writeBytes(out, NODE_LINK, encode(link));
    }
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    writeNumber(file, FILE_TYPE, TYPE_FILE);
    writeNumber(file, FILE_SIZE, contentBytes());
    for (Link link : links) {
      writeNumber(file, FILE_BLOCK_SIZE, link.contentBytes());
    }
    writeBytes(out, NODE_DATA, file.toByteArray());
    return out.toByteArray();
  }

  private static byte[] encode(Link link) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeBytes(out, LINK_HASH, link.cid().encode());
    writeBytes(out, LINK_NAME, new byte[0]);
    writeNumber(out, LINK_TREE_BYTES, link.treeBytes());
    return out.toByteArray();
  }

  /**
   * @throws TeexException {@code MALFORMED} for a block that {@link #encode} would not write
   */
  static DagNode decode(byte[] block) {
    Reader in = new Reader(block);
    List<Cid> cids = new ArrayList<>();
    List<Long> treeBytes = new ArrayList<>();
    while (in.nextIs(NODE_LINK)) {
      Reader link = new Reader(in.bytes());
      link.require(LINK_HASH);
      cids.add(Cid.decode(link.bytes()));
      link.require(LINK_NAME);
      link.requireZero();
      link.require(LINK_TREE_BYTES);
      treeBytes.add(link.number());
      link.requireEnd();
    }
    in.require(NODE_DATA);
    Reader file = new Reader(in.bytes());
    in.requireEnd();
    file.require(FILE_TYPE);
    if (file.number() != TYPE_FILE) {
      throw malformed();
    }
    file.require(FILE_SIZE);
    long contentBytes = file.number();
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < cids.size(); i++) {
      file.require(FILE_BLOCK_SIZE);
      // An empty child would let a small block stand for endless work.
      links.add(new Link(cids.get(i), file.positive(), treeBytes.get(i)));
    }
    file.requireEnd();
    DagNode node = new DagNode(links);
    if (node.contentBytes() != contentBytes) {
      throw malformed();
    }
    return node;
  }

  private static void writeBytes(ByteArrayOutputStream out, int tag, byte[] bytes) {
    writeNumber(out, tag, bytes.length);
    out.writeBytes(bytes);
  }

  private static void writeNumber(ByteArrayOutputStream out, int tag, long value) {
    out.write(tag);
    long rest = value;
    while (rest > 0x7f) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static TeexException malformed() {
    return new TeexException(ErrorCode.MALFORMED, "a block that is no node of a UnixFS file");
  }

  /** Reads protobuf fields in the one order that is expected. */
  private static final class Reader {
    /** Sizes fit 48 bits, so that their sums cannot overflow. */
    private static final int NUMBER_BITS_MAX = 48;

    private final byte[] block;
    private int at;

    Reader(byte[] block) {
      this.block = block;
    }

    boolean nextIs(int tag) {
      if (at < block.length && block[at] == tag) {
        at++;
        return true;
      }
      return false;
    }

    void require(int tag) {
      if (!nextIs(tag)) {
        throw malformed();
      }
    }

    long number() {
      long value = 0;
      for (int shift = 0; shift < NUMBER_BITS_MAX; shift += 7) {
        if (at == block.length) {
          throw malformed();
        }
        byte next = block[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          if ((next == 0 && shift > 0) || value >>> NUMBER_BITS_MAX != 0) {
            throw malformed();
          }
          return value;
        }
      }
      throw malformed();
    }

    long positive() {
      long value = number();
      if (value == 0) {
        throw malformed();
      }
      return value;
    }

    byte[] bytes() {
      long size = number();
      if (size > block.length - at) {
        throw malformed();
      }
      at += (int) size;
      return Arrays.copyOfRange(block, at - (int) size, at);
    }

    void requireZero() {
      if (number() != 0) {
        throw malformed();
      }
    }

    void requireEnd() {
      if (at != block.length) {
        throw malformed();
      }
    }
  }
}
