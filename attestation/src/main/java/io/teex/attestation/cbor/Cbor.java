package io.teex.attestation.cbor;

import io.teex.protocol.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads CBOR without ever taking more time or memory than its bytes are worth: nesting, entries and
 * announced lengths are bounded. Fractions, strings in pieces and keys of other kinds are refused.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8949">RFC 8949</a>
 */
public final class Cbor {
  private static final int DEPTH_MAX = 6;
  private static final int ENTRIES_MAX = 64;
  private static final int BREAK = 0xff;
  private static final int INDEFINITE = 31;
  private static final int SIMPLE_MAX = 23;

  private final ByteBuffer in;

  private Cbor(Bytes bytes) {
    in = ByteBuffer.wrap(bytes.copy());
  }

  /**
   * Reads exactly one item.
   *
   * @throws IllegalArgumentException if the bytes are anything else
   */
  public static CborItem decode(Bytes bytes) {
    Cbor reader = new Cbor(bytes);
    try {
      CborItem item = reader.item(0);
      if (reader.in.hasRemaining()) {
        throw new IllegalArgumentException("%d bytes too many".formatted(reader.in.remaining()));
      }
      return item;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("cut off after %d bytes".formatted(bytes.size()), e);
    }
  }

  private CborItem item(int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException("nested deeper than %d".formatted(DEPTH_MAX));
    }
    int head = in.get() & 0xff;
    int type = head >> 5;
    int information = head & 0x1f;
    return switch (type) {
      case 0 -> new CborItem.Whole(argument(information));
      case 1 -> new CborItem.Whole(-1 - argument(information));
      case 2 -> new CborItem.Octets(Bytes.of(take(argument(information))));
      case 3 -> new CborItem.Text(text(take(argument(information))));
      case 4 -> new CborItem.Listing(list(information, depth));
      case 5 -> new CborItem.Mapping(map(information, depth));
      case 6 -> new CborItem.Tagged(argument(information), item(depth + 1));
      default -> simple(information);
    };
  }

  private long argument(int information) {
    long argument =
        switch (information) {
          case 24 -> in.get() & 0xff;
          case 25 -> in.getShort() & 0xffff;
          case 26 -> in.getInt() & 0xffff_ffffL;
          case 27 -> in.getLong();
          default -> information;
        };
    if (information > 27 || argument < 0) {
      throw new IllegalArgumentException("a number or length of another form");
    }
    return argument;
  }

  private byte[] take(long size) {
    if (size > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[(int) size];
    in.get(bytes);
    return bytes;
  }

  private static String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a text that is not UTF-8", e);
    }
  }

  private List<CborItem> list(int information, int depth) {
    List<CborItem> items = new ArrayList<>();
    long count = count(information);
    while (hasMore(information, count, items.size())) {
      items.add(item(depth + 1));
    }
    return List.copyOf(items);
  }

  private Map<CborItem, CborItem> map(int information, int depth) {
    Map<CborItem, CborItem> entries = new LinkedHashMap<>();
    long count = count(information);
    while (hasMore(information, count, entries.size())) {
      CborItem key = item(depth + 1);
      if (!(key instanceof CborItem.Whole || key instanceof CborItem.Text)) {
        throw new IllegalArgumentException("a key that is neither a number nor a text");
      }
      if (entries.put(key, item(depth + 1)) != null) {
        throw new IllegalArgumentException("key %s appears twice".formatted(key));
      }
    }
    return entries;
  }

  private long count(int information) {
    return information == INDEFINITE ? ENTRIES_MAX : argument(information);
  }

  private boolean hasMore(int information, long count, int read) {
    if (information == INDEFINITE && (in.duplicate().get() & 0xff) == BREAK) {
      in.get();
      return false;
    }
    if (information != INDEFINITE && read == count) {
      return false;
    }
    if (read >= ENTRIES_MAX) {
      throw new IllegalArgumentException("more than %d entries".formatted(ENTRIES_MAX));
    }
    return true;
  }

  private static CborItem simple(int information) {
    if (information > SIMPLE_MAX) {
      throw new IllegalArgumentException("a fraction or another unknown value");
    }
    return new CborItem.Simple(information);
  }
}
