package io.teex.attestation.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes out, doubles, exchanges and replaces the words of a JSON text. */
final class JsonText implements Mutator {
  private static final Pattern WORD =
      Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*+\"|[-+.\\w]++|\\s++|.", Pattern.DOTALL);

  private static final List<String> INTERESTING =
      List.of(
          "null",
          "true",
          "false",
          "0",
          "-1",
          "1.5",
          "1e400",
          "255",
          "65536",
          "2147483648",
          "9223372036854775807",
          "18446744073709551616",
          "1".repeat(400),
          "{}",
          "[]",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"\u00e9\"",
          "\"00\"",
          "\"0x0\"",
          "\"abc\"",
          "\"9999-12-31T23:59:59Z\"",
          "\"-0001-01-01T00:00:00Z\"",
          "\"+1000000000-12-31T23:59:59Z\"",
          "\"" + "ff".repeat(64) + "\"",
          "[".repeat(1_000),
          "{\"a\":".repeat(300),
          "/*",
          "\u0000",
          "NaN");

  private static final int MUTATIONS_MAX = 3;
  private static final int DOUBLED_MAX = 40;

  /** Where a word stands. */
  private record Word(int from, int to) {}

  @Override
  public Source of(byte[] seed) {
    List<Word> words = new ArrayList<>();
    // A character for each byte, so that places are those of bytes.
    Matcher matcher = WORD.matcher(new String(seed, StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      words.add(new Word(matcher.start(), matcher.end()));
    }
    if (words.isEmpty()) {
      return random -> seed;
    }
    return random -> {
      int[] spoilt = new int[1 + random.nextInt(MUTATIONS_MAX)];
      for (int i = 0; i < spoilt.length; i++) {
        spoilt[i] = random.nextInt(words.size());
      }
      Arrays.sort(spoilt);
      ByteArrayOutputStream out = new ByteArrayOutputStream(seed.length + 64);
      int at = 0;
      for (int index : spoilt) {
        Word word = words.get(index);
        if (word.from() >= at) {
          out.write(seed, at, word.from() - at);
          spoil(seed, words, index, random, out);
          at = word.to();
        }
      }
      out.write(seed, at, seed.length - at);
      return out.toByteArray();
    };
  }

  private static void spoil(
      byte[] seed, List<Word> words, int index, RandomGenerator random, ByteArrayOutputStream out) {
    Word word = words.get(index);
    Word other = words.get(random.nextInt(words.size()));
    switch (random.nextInt(7)) {
      case 0 -> {} // It is left out.
      case 1 -> {
        out.write(seed, other.from(), other.to() - other.from());
        out.write(seed, word.from(), word.to() - word.from());
      }
      case 2 -> out.write(seed, other.from(), other.to() - other.from());
      case 3, 4 ->
          out.writeBytes(
              INTERESTING.get(random.nextInt(INTERESTING.size())).getBytes(StandardCharsets.UTF_8));
      case 5 -> {
        Word last = words.get(Math.min(words.size() - 1, index + random.nextInt(DOUBLED_MAX)));
        out.write(seed, word.from(), last.to() - word.from());
        out.write(seed, word.from(), word.to() - word.from());
      }
      default -> {
        int at = word.from() + random.nextInt(word.to() - word.from());
        out.write(seed, word.from(), at - word.from());
        out.write(random.nextInt(0x20, 0x80));
        int rest = at + random.nextInt(2);
        out.write(seed, rest, word.to() - rest);
      }
    }
  }
}
