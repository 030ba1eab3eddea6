package io.teex.attestation.fuzz;

import io.teex.protocol.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * An input that a reader does not cope with.
 *
 * @param seedName what it was made of
 * @param index its number; with the target's name and the run's seed it can be made again
 * @param what in one line
 * @param thrown null if it was slow or took much memory
 */
record Finding(
    String target,
    String seedName,
    long index,
    Bytes input,
    String what,
    @Nullable Throwable thrown) {

  /** The place in our own code tells findings of one cause from those of others. */
  String cause() {
    if (thrown == null) {
      return target + " " + what.split(":", 2)[0];
    }
    StackTraceElement[] trace = thrown.getStackTrace();
    return target + " " + thrown.getClass() + (trace.length == 0 ? "" : " " + trace[0]);
  }
}
