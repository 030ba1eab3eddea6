package io.teex.manager.release;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.TaskId;

/**
 * A replay whose signatures and mutual agreement are proven, before any chain fact.
 *
 * @param id the replay's EIP-712 hash: asking again with the same one counts nothing
 */
public record ReplayClaim(TaskId task, Order order, Receipt receipt, Replay replay, Bytes32 id) {}
