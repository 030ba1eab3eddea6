package io.teex.attestation.collateral;

/** What a service said, fit for a line of a log. */
final class Shown {
  private static final int LENGTH_MAX = 60;

  private Shown() {}

  /** The text, cut, with a question mark for everything but printable ASCII. */
  static String of(String text) {
    String start = text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "...";
    return start.replaceAll("[^ -~]", "?");
  }
}
