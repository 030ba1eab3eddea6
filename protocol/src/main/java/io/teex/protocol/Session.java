package io.teex.protocol;

import java.util.List;

/**
 * A user's leave for a key to sign orders in her name; signed by her.
 *
 * @param sessionKey the account of the key
 * @param cap the most that all orders of the session may cost together
 * @param maxPerTask the most that one order's {@code fee.max} may be
 * @param services the only ones that may be ordered; empty for any
 * @param expiry seconds since the epoch after which its orders are refused
 * @param salt random
 */
public record Session(
    Address user,
    Address sessionKey,
    Address dispatcher,
    int lane,
    Amount cap,
    Amount maxPerTask,
    List<ServiceId> services,
    long expiry,
    Bytes32 salt) {
  public Session {
    Require.uint32("lane", lane);
    Require.uint64("expiry", expiry);
    services = List.copyOf(services);
  }
}
