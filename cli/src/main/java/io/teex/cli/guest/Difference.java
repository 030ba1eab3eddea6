package io.teex.cli.guest;

import io.teex.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Says where two outputs part, for who has to find out why. */
final class Difference {
  private static final int SHOWN_MAX = 60;

  private Difference() {}

  /** Empty if they are the same. */
  static String between(Bytes expected, Bytes seen) {
    int at = Arrays.mismatch(expected.copy(), seen.copy());
    if (at < 0) {
      return "";
    }
    int line = 1;
    int begin = 0;
    for (int i = 0; i < at; i++) {
      if (seen.at(i) == '\n') {
        line++;
        begin = i + 1;
      }
    }
    return "byte %d (line %d): seen %s, expected %s"
        .formatted(at, line, line(seen, begin), line(expected, begin));
  }

  private static String line(Bytes text, int from) {
    if (from >= text.size()) {
      return "the end";
    }
    int to = from;
    while (to < text.size() && text.at(to) != '\n' && to - from < SHOWN_MAX) {
      to++;
    }
    return "'%s'".formatted(new String(text.slice(from, to).copy(), StandardCharsets.UTF_8));
  }
}
