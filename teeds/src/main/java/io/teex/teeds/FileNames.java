package io.teex.teeds;

import java.util.List;
import java.util.OptionalLong;

/**
 * How the files of a replica are called. The names are hints; the files authenticate themselves.
 */
final class FileNames {
  private static final String SEGMENT = "log-";
  private static final String SNAPSHOT = "snapshot-";
  private static final String DRAFT = ".draft";
  private static final int DIGITS = 19;

  private FileNames() {}

  static String segment(long number) {
    return numbered(SEGMENT, number);
  }

  static String snapshot(long index) {
    return numbered(SNAPSHOT, index);
  }

  /** Of a file that is being written. */
  static String draft(String name) {
    return name + DRAFT;
  }

  static boolean isDraft(String name) {
    return name.endsWith(DRAFT);
  }

  /** The numbers of all segments, ascending. */
  static List<Long> segments(List<String> names) {
    return numbers(SEGMENT, names);
  }

  /** The indexes of all snapshots, ascending. */
  static List<Long> snapshots(List<String> names) {
    return numbers(SNAPSHOT, names);
  }

  private static String numbered(String prefix, long number) {
    return prefix + "%019d".formatted(number);
  }

  private static List<Long> numbers(String prefix, List<String> names) {
    return names.stream()
        .map(name -> number(prefix, name))
        .filter(OptionalLong::isPresent)
        .map(OptionalLong::getAsLong)
        .sorted()
        .toList();
  }

  private static OptionalLong number(String prefix, String name) {
    String digits = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
    if (digits.length() != DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
