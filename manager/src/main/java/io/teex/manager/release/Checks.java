package io.teex.manager.release;

import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;

/** The one way in which a rule refuses. */
final class Checks {
  private Checks() {}

  @SuppressWarnings("AnnotateFormatMethod") // its annotation is a library that nothing else needs
  static void require(boolean holds, ErrorCode code, String message, Object... facts) {
    if (!holds) {
      throw new TeexException(code, message.formatted(facts));
    }
  }
}
