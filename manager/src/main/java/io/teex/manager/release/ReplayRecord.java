package io.teex.manager.release;

import io.teex.protocol.Bytes32;
import java.util.List;

/**
 * The replays of one task that got its keys, counted apart from its attempts and uses.
 *
 * @param replays EIP-712 hashes of what its user signed
 */
public record ReplayRecord(List<Bytes32> replays) {
  static final ReplayRecord NONE = new ReplayRecord(List.of());

  public ReplayRecord {
    replays = List.copyOf(replays);
  }
}
