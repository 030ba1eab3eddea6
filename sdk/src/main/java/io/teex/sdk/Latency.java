package io.teex.sdk;

import java.time.Duration;

/**
 * Where one task's time went, as the user saw it.
 *
 * @param prepare looking up the listing, signing the order
 * @param submit until the dispatcher answered with a lease, waiting for the lane included
 * @param execute until the worker answered, connecting and retries included
 * @param verify checking the receipt, opening the output
 */
public record Latency(Duration prepare, Duration submit, Duration execute, Duration verify) {
  public Duration total() {
    return prepare.plus(submit).plus(execute).plus(verify);
  }
}
