package io.teex.attestation;

import io.teex.protocol.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads MessagePack item by item, as much as dstack's envelope takes. Whoever reads says what has
 * to come next; nothing is kept of what is skipped, and no announced length is believed before its
 * bytes are there.
 *
 * @see <a href="https://github.com/msgpack/msgpack/blob/master/spec.md">MessagePack</a>
 */
final class MessagePack {
  private static final int NIL = 0xc0;

  private final ByteBuffer in;

  MessagePack(Bytes bytes) {
    in = ByteBuffer.wrap(bytes.copy());
  }

  /** Begins a map and returns how many entries follow. */
  long map() {
    int head = u8();
    return switch (head) {
      case 0xde -> u16();
      case 0xdf -> u32();
      default -> {
        require((head & 0xf0) == 0x80, "a map", head);
        yield head & 0x0f;
      }
    };
  }

  /** Begins a list and returns how many items follow. */
  long list() {
    return list(u8());
  }

  private long list(int head) {
    return switch (head) {
      case 0xdc -> u16();
      case 0xdd -> u32();
      default -> {
        require((head & 0xf0) == 0x90, "a list", head);
        yield head & 0x0f;
      }
    };
  }

  String text() {
    int head = u8();
    long size =
        switch (head) {
          case 0xd9 -> u8();
          case 0xda -> u16();
          case 0xdb -> u32();
          default -> {
            require((head & 0xe0) == 0xa0, "a text", head);
            yield head & 0x1f;
          }
        };
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(take(size))).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("MessagePack: a text that is not UTF-8", e);
    }
  }

  /** A whole number that is not negative. */
  long number() {
    return number(u8());
  }

  private long number(int head) {
    return switch (head) {
      case 0xcc -> u8();
      case 0xcd -> u16();
      case 0xce -> u32();
      default -> {
        require(head < 0x80, "a number", head);
        yield head;
      }
    };
  }

  /** Bytes, as such or as a list of numbers, which is how many writers of Rust write them. */
  Bytes octets() {
    int head = u8();
    return switch (head) {
      case 0xc4 -> Bytes.of(take(u8()));
      case 0xc5 -> Bytes.of(take(u16()));
      case 0xc6 -> Bytes.of(take(u32()));
      default -> numbers(list(head));
    };
  }

  private Bytes numbers(long count) {
    requireThere(count);
    byte[] bytes = new byte[(int) count];
    for (int i = 0; i < bytes.length; i++) {
      long number = number();
      if (number > 0xff) {
        throw new IllegalArgumentException("MessagePack: %d is no byte".formatted(number));
      }
      bytes[i] = (byte) number;
    }
    return Bytes.of(bytes);
  }

  /** Passes over one item, whatever it holds and however deep. */
  void skip() {
    for (long left = 1; left > 0; left--) {
      int head = u8();
      if (head >= 0x80 && head < 0x90) {
        left += 2L * (head & 0x0f);
      } else if (head >= 0x90 && head < 0xa0) {
        left += head & 0x0f;
      } else if (head >= 0xa0 && head < 0xc0) {
        take(head & 0x1f);
      } else if (head >= NIL && head < 0xe0) {
        left += skipped(head);
      }
    }
  }

  /** Passes over the content of an item with a head of its own; returns how many items it holds. */
  private long skipped(int head) {
    switch (head) {
      case NIL, 0xc2, 0xc3 -> {}
      case 0xc4, 0xd9 -> take(u8());
      case 0xc5, 0xda -> take(u16());
      case 0xc6, 0xdb -> take(u32());
      case 0xcc, 0xd0 -> take(1);
      case 0xcd, 0xd1 -> take(2);
      case 0xca, 0xce, 0xd2 -> take(4);
      case 0xcb, 0xcf, 0xd3 -> take(8);
      case 0xdc -> {
        return u16();
      }
      case 0xdd -> {
        return u32();
      }
      case 0xde -> {
        return 2L * u16();
      }
      case 0xdf -> {
        return 2 * u32();
      }
      default ->
          throw new IllegalArgumentException("MessagePack: unknown head 0x%02x".formatted(head));
    }
    return 0;
  }

  /** Nothing may follow. */
  void end() {
    if (in.hasRemaining()) {
      throw new IllegalArgumentException(
          "MessagePack: %d bytes too many".formatted(in.remaining()));
    }
  }

  private static void require(boolean holds, String what, int head) {
    if (!holds) {
      throw new IllegalArgumentException(
          "MessagePack: expected %s, found head 0x%02x".formatted(what, head));
    }
  }

  private void requireThere(long size) {
    if (size > in.remaining()) {
      throw cutOff(null);
    }
  }

  private byte[] take(long size) {
    requireThere(size);
    byte[] bytes = new byte[(int) size];
    in.get(bytes);
    return bytes;
  }

  private int u8() {
    try {
      return in.get() & 0xff;
    } catch (BufferUnderflowException e) {
      throw cutOff(e);
    }
  }

  private int u16() {
    return u8() << 8 | u8();
  }

  private long u32() {
    return (long) u16() << 16 | u16();
  }

  private IllegalArgumentException cutOff(
      @org.jspecify.annotations.Nullable BufferUnderflowException e) {
    return new IllegalArgumentException(
        "MessagePack: cut off after %d bytes".formatted(in.limit()), e);
  }
}
