package io.teex.market.audit;

import io.teex.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Byte patterns that give a secret away: distinctive windows of its plaintext, raw, in hexadecimal
 * (both cases) and in Base64 (each of the three alignments, standard and URL alphabet).
 */
public final class Patterns {
  private static final int WINDOW_BYTES = 24;
  private static final int WINDOWS_MAX = 16;
  private static final int DISTINCT_MIN = 8;
  private static final int HASH_BITS = 20;
  private static final int GOLDEN = 0x9E3779B1;

  /**
   * @param anchor where its four most telling bytes are: blank memory and long zeros in text are
   *     everywhere, so the beginning is a poor place to look first
   */
  private record Pattern(String kind, Bytes bytes, int anchor) {
    boolean isAround(byte[] block, int at, int length) {
      int start = at - anchor;
      if (start < 0 || start + bytes.size() > length) {
        return false;
      }
      for (int i = 0; i < bytes.size(); i++) {
        if (block[start + i] != bytes.at(i)) {
          return false;
        }
      }
      return true;
    }
  }

  // By a hash of the four bytes at the anchor: almost every place in a block is passed over by one
  // look.
  private final List<List<Pattern>> byAnchor =
      new ArrayList<>(Collections.nCopies(1 << HASH_BITS, List.of()));
  private final boolean[] begins = new boolean[1 << HASH_BITS];
  private int lengthMax;

  public Patterns(List<Secret> secrets) {
    for (Secret secret : secrets) {
      for (byte[] window : windows(secret)) {
        add(secret.kind(), window);
        HexFormat hex = HexFormat.of();
        add(secret.kind(), ascii(hex.formatHex(window)));
        add(secret.kind(), ascii(hex.withUpperCase().formatHex(window)));
        for (int shift = 0; shift < 3; shift++) {
          // Only whole groups of three bytes encode independently of what stands around them.
          byte[] aligned =
              Arrays.copyOfRange(window, shift, shift + (window.length - shift) / 3 * 3);
          add(secret.kind(), ascii(Base64.getEncoder().encodeToString(aligned)));
          add(secret.kind(), ascii(Base64.getUrlEncoder().encodeToString(aligned)));
        }
      }
    }
  }

  /** Whether the secret has parts that would not occur by chance. */
  static boolean canFind(Secret secret) {
    return !distinctive(secret).isEmpty();
  }

  private static List<byte[]> windows(Secret secret) {
    List<byte[]> distinctive = distinctive(secret);
    if (distinctive.isEmpty()) {
      throw new IllegalArgumentException(
          "%s of %d bytes has no part of %d that can be told from chance"
              .formatted(secret.kind(), secret.content().size(), WINDOW_BYTES));
    }
    int stride = Math.max(1, distinctive.size() / WINDOWS_MAX);
    List<byte[]> chosen = new ArrayList<>();
    for (int i = 0; i < distinctive.size() && chosen.size() < WINDOWS_MAX; i += stride) {
      chosen.add(distinctive.get(i));
    }
    return chosen;
  }

  /** Windows of many different bytes, spread over the content. */
  private static List<byte[]> distinctive(Secret secret) {
    byte[] content = secret.content().copy();
    List<byte[]> distinctive = new ArrayList<>();
    int step = Math.max(1, (content.length - WINDOW_BYTES) / (WINDOWS_MAX * 8));
    for (int at = 0; at + WINDOW_BYTES <= content.length; at += step) {
      byte[] window = Arrays.copyOfRange(content, at, at + WINDOW_BYTES);
      if (distinct(window, 0, window.length) >= DISTINCT_MIN) {
        distinctive.add(window);
        at += WINDOW_BYTES - step;
      }
    }
    return distinctive;
  }

  private static int distinct(byte[] bytes, int from, int length) {
    BitSet seen = new BitSet(256);
    for (int i = from; i < from + length; i++) {
      seen.set(bytes[i] & 0xff);
    }
    return seen.cardinality();
  }

  private void add(String kind, byte[] bytes) {
    int anchor = anchor(bytes);
    int hash = hash(four(bytes, anchor));
    List<Pattern> same = new ArrayList<>(byAnchor.get(hash));
    same.add(new Pattern(kind, Bytes.of(bytes), anchor));
    byAnchor.set(hash, same);
    begins[hash] = true;
    lengthMax = Math.max(lengthMax, bytes.length);
  }

  /** How many bytes of one block must be shown again with the next, so that no match is cut. */
  int overlap() {
    return lengthMax - 1;
  }

  /** The kinds of secret that occur in the first {@code length} bytes. */
  Set<String> search(byte[] block, int length) {
    Set<String> kinds = new TreeSet<>();
    if (length < Integer.BYTES) {
      return kinds;
    }
    int four = four(block, 0);
    for (int at = 0; ; at++) {
      int hash = hash(four);
      if (begins[hash]) {
        for (Pattern pattern : byAnchor.get(hash)) {
          if (pattern.isAround(block, at, length)) {
            kinds.add(pattern.kind);
          }
        }
      }
      int next = at + Integer.BYTES;
      if (next == length) {
        return kinds;
      }
      four = four << Byte.SIZE | (block[next] & 0xff);
    }
  }

  private static int anchor(byte[] bytes) {
    int best = 0;
    for (int at = 1; at + Integer.BYTES <= bytes.length; at++) {
      if (distinct(bytes, at, Integer.BYTES) > distinct(bytes, best, Integer.BYTES)) {
        best = at;
      }
    }
    return best;
  }

  private static int four(byte[] b, int at) {
    return (b[at] & 0xff) << 24
        | (b[at + 1] & 0xff) << 16
        | (b[at + 2] & 0xff) << 8
        | (b[at + 3] & 0xff);
  }

  private static int hash(int four) {
    return (four * GOLDEN) >>> (Integer.SIZE - HASH_BITS);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
