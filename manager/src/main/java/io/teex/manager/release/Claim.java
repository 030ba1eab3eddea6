package io.teex.manager.release;

import io.teex.protocol.Lease;
import io.teex.protocol.Order;
import io.teex.protocol.TaskId;

/** An order and a lease whose signatures and mutual agreement are proven, before any chain fact. */
public record Claim(TaskId task, Order order, Lease lease) {}
