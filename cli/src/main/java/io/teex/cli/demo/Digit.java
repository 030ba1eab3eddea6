package io.teex.cli.demo;

import io.teex.protocol.Bytes;

/**
 * A handwritten digit.
 *
 * @param label what its writer meant, 0 to 9
 * @param pixels 28 rows of 28 grey values, 0 is paper, 255 is ink
 */
record Digit(int label, Bytes pixels) {
  static final int SIDE = 28;
  static final int PIXELS = SIDE * SIDE;

  Digit {
    if (pixels.size() != PIXELS) {
      throw new IllegalArgumentException(
          "a digit has %d pixels, not %d".formatted(PIXELS, pixels.size()));
    }
  }

  /** Fourteen lines of half blocks: two pixels high, one wide each. */
  String[] drawn() {
    byte[] grey = pixels.copy();
    String[] lines = new String[SIDE / 2];
    for (int y = 0; y < SIDE; y += 2) {
      StringBuilder line = new StringBuilder();
      for (int x = 0; x < SIDE; x++) {
        boolean top = ink(grey, x, y);
        boolean bottom = ink(grey, x, y + 1);
        line.append(top ? (bottom ? '█' : '▀') : (bottom ? '▄' : ' '));
      }
      lines[y / 2] = line.toString();
    }
    return lines;
  }

  private static boolean ink(byte[] grey, int x, int y) {
    return (grey[y * SIDE + x] & 0xff) > 96;
  }
}
