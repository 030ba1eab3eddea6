package io.teex.manager.release;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ServiceRef;
import java.util.List;

/**
 * What was released for one task: the audit record, and the reason why a retry counts nothing.
 *
 * @param licences whose use this task holds
 */
public record TaskRelease(
    Address user, ServiceRef service, List<Bytes32> licences, List<Attempt> attempts) {
  /**
   * The worker of one lease. On-chain requests may be leased by more than one dispatcher, each with
   * its own numbers; the chain pays one of them.
   *
   * @param releasedAt seconds since the epoch
   */
  public record Attempt(
      Address dispatcher, int number, Address worker, long fencingToken, long releasedAt) {}

  public TaskRelease {
    licences = List.copyOf(licences);
    attempts = List.copyOf(attempts);
  }
}
