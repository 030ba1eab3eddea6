package io.teex.rpc.web;

import io.netty.buffer.ByteBuf;
import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * The body of a request as it arrives: in blocks, however small the pieces are that it comes in.
 */
final class Body {
  private static final int BLOCK_BYTES = 64 * 1024;

  private final int bytesMax;
  private final List<Bytes> full = new ArrayList<>();
  private byte[] block = {};
  private int inBlock;
  private int size;

  Body(int bytesMax) {
    this.bytesMax = bytesMax;
  }

  int bytesMax() {
    return bytesMax;
  }

  boolean hasRoomFor(int more) {
    return more <= bytesMax - size;
  }

  /** Copies what is there. */
  void add(ByteBuf bytes) {
    size += bytes.readableBytes();
    while (bytes.isReadable()) {
      if (inBlock == block.length) {
        nextBlock(bytes.readableBytes());
      }
      int more = Math.min(bytes.readableBytes(), block.length - inBlock);
      bytes.readBytes(block, inBlock, more);
      inBlock += more;
    }
  }

  /** Blocks grow with the body, so that a short one takes little. */
  private void nextBlock(int needed) {
    keepBlock();
    block = new byte[Math.clamp((long) Math.max(needed, size), 1, BLOCK_BYTES)];
    inBlock = 0;
  }

  private void keepBlock() {
    if (inBlock > 0) {
      Bytes whole = Bytes.of(block);
      full.add(inBlock == block.length ? whole : whole.slice(0, inBlock));
    }
  }

  /** All of it, which is kept here no longer. */
  Bytes whole() {
    keepBlock();
    Bytes whole = Bytes.concat(full.toArray(Bytes[]::new));
    full.clear();
    block = new byte[0];
    inBlock = 0;
    return whole;
  }
}
