package io.teex.attestation.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DER, octet strings with DER inside taken apart too. */
final class Der implements Tree.Format {
  private static final int CONSTRUCTED = 0x20;
  private static final int OCTET_STRING = 0x04;

  @Override
  public @Nullable Tree parse(byte[] bytes) {
    List<Tree> items = items(bytes, 0, bytes.length, 0);
    return items == null || items.size() != 1 ? null : items.getFirst();
  }

  /** Null if it is anything but items, one after the other. */
  private static @Nullable List<Tree> items(byte[] bytes, int from, int to, int depth) {
    List<Tree> items = new ArrayList<>();
    int at = from;
    while (at < to) {
      int head = bytes[at] & 0xff;
      if (to - at < 2 || depth > 40) {
        return null;
      }
      int length = bytes[at + 1] & 0xff;
      int start = at + 2;
      if (length > 0x83 || length == 0x80) {
        return null;
      }
      if (length > 0x80) {
        int size = length - 0x80;
        if (to - start < size) {
          return null;
        }
        length = 0;
        for (int i = 0; i < size; i++) {
          length = length << 8 | (bytes[start + i] & 0xff);
        }
        start += size;
      }
      if (length > to - start) {
        return null;
      }
      List<Tree> children =
          length > 0 && ((head & CONSTRUCTED) != 0 || head == OCTET_STRING)
              ? items(bytes, start, start + length, depth + 1)
              : null;
      if (children == null) {
        byte[] content = new byte[length];
        System.arraycopy(bytes, start, content, 0, length);
        items.add(Tree.leaf(head, content));
      } else {
        items.add(Tree.branch(head, new byte[0], children));
      }
      at = start + length;
    }
    return items;
  }

  @Override
  public byte[] encode(Tree tree) {
    byte[] content = tree.content();
    if (tree.holds()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      tree.children().forEach(child -> all.writeBytes(child.encoded(this)));
      content = all.toByteArray();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
    out.write(tree.head());
    long length = content.length + tree.lie();
    if (length >= 0 && length < 0x80) {
      out.write((int) length);
    } else {
      int size = Math.max(1, (71 - Long.numberOfLeadingZeros(length)) / 8);
      out.write(0x80 | size);
      for (int i = size - 1; i >= 0; i--) {
        out.write((int) (length >>> (8 * i)));
      }
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
