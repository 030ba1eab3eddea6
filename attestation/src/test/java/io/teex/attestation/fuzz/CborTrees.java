package io.teex.attestation.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CBOR of definite lengths, byte strings with CBOR inside taken apart too. The head of an item is
 * its major type in the upper three bits; whole numbers, tags' numbers and simple values are
 * content.
 */
final class CborTrees implements Tree.Format {
  private static final byte[] NOTHING = {};
  private static final int OCTETS = 2;
  private static final int LIST = 4;
  private static final int MAP = 5;
  private static final int TAG = 6;

  @Override
  public @Nullable Tree parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      Tree tree = item(in, 0);
      return in.hasRemaining() ? null : tree;
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return null;
    }
  }

  private Tree item(ByteBuffer in, int depth) {
    if (depth > 20) {
      throw new IllegalArgumentException("deep");
    }
    int first = in.get() & 0xff;
    int major = first >> 5;
    long argument =
        switch (first & 0x1f) {
          case 24 -> in.get() & 0xff;
          case 25 -> in.getShort() & 0xffff;
          case 26 -> in.getInt() & 0xffff_ffffL;
          case 27 -> in.getLong();
          case 28, 29, 30, 31 -> throw new IllegalArgumentException("another form");
          default -> first & 0x1f;
        };
    int head = major << 5;
    return switch (major) {
      case OCTETS, 3 -> string(in, head, argument);
      case LIST -> Tree.branch(head, NOTHING, items(in, argument, depth));
      case MAP -> Tree.branch(head, NOTHING, items(in, 2 * argument, depth));
      case TAG -> Tree.branch(head, number(argument), List.of(item(in, depth + 1)));
      default -> Tree.leaf(head, number(argument));
    };
  }

  private Tree string(ByteBuffer in, int head, long size) {
    if (size < 0 || size > in.remaining()) {
      throw new IllegalArgumentException("cut off");
    }
    byte[] content = new byte[(int) size];
    in.get(content);
    // What is wrapped is more than a few bytes that happen to be a number.
    Tree inside = head >> 5 == OCTETS && size > 3 ? parse(content) : null;
    return inside == null || !inside.holds()
        ? Tree.leaf(head, content)
        : Tree.branch(head, NOTHING, List.of(inside));
  }

  private List<Tree> items(ByteBuffer in, long count, int depth) {
    if (count < 0 || count > in.remaining()) {
      throw new IllegalArgumentException("cut off");
    }
    List<Tree> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item(in, depth + 1));
    }
    return items;
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(8).putLong(value).array();
  }

  @Override
  public byte[] encode(Tree tree) {
    ByteArrayOutputStream inside = new ByteArrayOutputStream();
    tree.children().forEach(child -> inside.writeBytes(child.encoded(this)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int major = tree.head() >> 5 & 7;
    switch (major) {
      case OCTETS, 3 -> {
        byte[] content = tree.holds() ? inside.toByteArray() : tree.content();
        head(out, major, content.length + tree.lie());
        out.writeBytes(content);
      }
      case LIST -> head(out, major, tree.children().size() + tree.lie());
      case MAP -> head(out, major, tree.children().size() / 2 + tree.lie());
      default -> head(out, major, value(tree.content()) + tree.lie());
    }
    if (major >= LIST) {
      out.writeBytes(inside.toByteArray());
    }
    return out.toByteArray();
  }

  private static long value(byte[] number) {
    long value = 0;
    for (int i = 0; i < Math.min(8, number.length); i++) {
      value = value << 8 | (number[i] & 0xff);
    }
    return value;
  }

  private static void head(ByteArrayOutputStream out, int major, long argument) {
    int type = major << 5;
    if (argument >= 0 && argument < 24) {
      out.write(type | (int) argument);
      return;
    }
    int power =
        argument < 0 || argument > 0xffff_ffffL
            ? 3
            : argument > 0xffff ? 2 : argument > 0xff ? 1 : 0;
    out.write(type | (24 + power));
    for (int i = (1 << power) - 1; i >= 0; i--) {
      out.write((int) (argument >>> (8 * i)));
    }
  }
}
