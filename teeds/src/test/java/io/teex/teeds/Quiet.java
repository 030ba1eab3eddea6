package io.teex.teeds;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Tests that open thousands of replicas, most of them damaged, say so thousands of times. */
final class Quiet {
  // The log manager holds its loggers weakly.
  private static final Logger TEEDS = Logger.getLogger("io.teex.teeds");

  private Quiet() {}

  static void silence() {
    TEEDS.setLevel(Level.OFF);
  }
}
