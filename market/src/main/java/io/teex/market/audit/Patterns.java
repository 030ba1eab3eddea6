package io.teex.market.audit;

import io.teex.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Byte patterns that give a secret away: distinctive windows of its plaintext, raw, in hexadecimal
 * (both cases) and in Base64 (each of the three alignments, standard and URL alphabet).
 */
public final class Patterns {
  private static final int WINDOW_BYTES = 24;
  private static final int WINDOWS_MAX = 16;
  private static final int DISTINCT_MIN = 10;

  private record Pattern(String kind, Bytes bytes) {}

  private final Map<Integer, List<Pattern>> byPrefix = new HashMap<>();
  private final BitSet firstTwo = new BitSet(1 << 16);
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

  /** Windows that would not occur by chance: many different bytes, spread over the content. */
  private static List<byte[]> windows(Secret secret) {
    byte[] content = secret.content().copy();
    if (content.length < WINDOW_BYTES) {
      throw new IllegalArgumentException(
          "%s has %d bytes; a secret shorter than %d cannot be told from chance"
              .formatted(secret.kind(), content.length, WINDOW_BYTES));
    }
    List<byte[]> distinctive = new ArrayList<>();
    int step = Math.max(1, (content.length - WINDOW_BYTES) / (WINDOWS_MAX * 8));
    for (int at = 0; at + WINDOW_BYTES <= content.length; at += step) {
      byte[] window = Arrays.copyOfRange(content, at, at + WINDOW_BYTES);
      if (distinct(window) >= DISTINCT_MIN) {
        distinctive.add(window);
        at += WINDOW_BYTES - step;
      }
    }
    if (distinctive.isEmpty()) {
      throw new IllegalArgumentException(secret.kind() + " has no distinctive part to search for");
    }
    int stride = Math.max(1, distinctive.size() / WINDOWS_MAX);
    List<byte[]> chosen = new ArrayList<>();
    for (int i = 0; i < distinctive.size() && chosen.size() < WINDOWS_MAX; i += stride) {
      chosen.add(distinctive.get(i));
    }
    return chosen;
  }

  private static int distinct(byte[] window) {
    BitSet seen = new BitSet(256);
    for (byte b : window) {
      seen.set(b & 0xff);
    }
    return seen.cardinality();
  }

  private void add(String kind, byte[] bytes) {
    firstTwo.set(two(bytes, 0));
    byPrefix
        .computeIfAbsent(four(bytes, 0), k -> new ArrayList<>())
        .add(new Pattern(kind, Bytes.of(bytes)));
    lengthMax = Math.max(lengthMax, bytes.length);
  }

  /** How many bytes of one block must be shown again with the next, so that no match is cut. */
  int overlap() {
    return lengthMax - 1;
  }

  /** The kinds of secret that occur in the first {@code length} bytes. */
  Set<String> search(byte[] block, int length) {
    Set<String> kinds = new TreeSet<>();
    for (int at = 0; at + 4 <= length; at++) {
      if (firstTwo.get(two(block, at))) {
        for (Pattern pattern : byPrefix.getOrDefault(four(block, at), List.of())) {
          int end = at + pattern.bytes.size();
          if (end <= length && pattern.bytes.equals(Bytes.of(Arrays.copyOfRange(block, at, end)))) {
            kinds.add(pattern.kind);
          }
        }
      }
    }
    return kinds;
  }

  private static int two(byte[] b, int at) {
    return (b[at] & 0xff) << 8 | (b[at + 1] & 0xff);
  }

  private static int four(byte[] b, int at) {
    return two(b, at) << 16 | two(b, at + 2);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
