package io.teex.cli.demo;

import io.teex.sdk.TaskResult;
import java.nio.charset.StandardCharsets;

/**
 * What came of one digit.
 *
 * @param said the label that the service gave, or -1 if it gave none
 * @param millis that its user waited, from order to opened output
 */
record Answer(Digit digit, int said, double millis, boolean onChain, TaskResult result) {
  static Answer of(Digit digit, TaskResult result, boolean onChain) {
    return new Answer(
        digit,
        label(new String(result.requireCompleted(), StandardCharsets.US_ASCII)),
        result.latency().total().toNanos() / 1e6,
        onChain,
        result);
  }

  private static int label(String line) {
    return line.startsWith("label=") ? Character.digit(line.charAt("label=".length()), 10) : -1;
  }

  boolean isRight() {
    return said == digit.label();
  }
}
