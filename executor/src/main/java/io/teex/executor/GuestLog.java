package io.teex.executor;

import java.io.IOException;

/**
 * Where it goes what services log. Only who develops a service may see it: to anybody else it would
 * carry users' input.
 */
@FunctionalInterface
public interface GuestLog {
  /** Of one part; a longer text comes in several. */
  int PART_BYTES_MAX = 1 << 16;

  /** Shows nothing: a process that sends a part all the same is not one of ours. */
  GuestLog NONE =
      new GuestLog() {
        @Override
        public void show(byte[] part) throws IOException {
          throw new Frames.ProtocolException("a log, where none is shown");
        }

        @Override
        public boolean isShown() {
          return false;
        }
      };

  void show(byte[] part) throws IOException;

  /** Whether processes are told to send any. */
  default boolean isShown() {
    return true;
  }
}
