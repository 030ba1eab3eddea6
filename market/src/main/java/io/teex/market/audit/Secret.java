package io.teex.market.audit;

import io.teex.protocol.Bytes;

/**
 * Something that only certain parties may ever hold in the clear.
 *
 * @param kind what it is: {@code image}, {@code input}, {@code data key}
 * @param content the plaintext that is searched for
 */
public record Secret(String kind, Bytes content) {
  /** Whether a search could tell it from chance: neither tiny nor monotonous. */
  public boolean isSearchable() {
    return Patterns.canFind(this);
  }

  @Override
  public String toString() {
    return "Secret[" + kind + ", " + content.size() + " bytes]";
  }
}
