package io.teex.teeds;

import java.util.List;

/**
 * A part of a range.
 *
 * @param entries in the order of their keys
 * @param more whether the range goes on; then there is at least one entry
 */
public record Page(List<Entry> entries, boolean more) {
  public Page {
    entries = List.copyOf(entries);
  }
}
