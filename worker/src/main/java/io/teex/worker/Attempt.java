package io.teex.worker;

import io.teex.protocol.Address;
import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.TaskId;

/** One attempt of one task that this worker alone may execute: a ticket that was checked. */
record Attempt(TaskId task, Ticket ticket) {

  /** Names the attempt; on-chain requests may be leased by several dispatchers, each its own. */
  record Id(TaskId task, Address dispatcher, int number) {
    @Override
    public String toString() {
      return "%s/%d".formatted(task, number);
    }
  }

  Id id() {
    return new Id(task, lease().dispatcher(), lease().attempt());
  }

  Order order() {
    return ticket.order().value();
  }

  Lease lease() {
    return ticket.lease().value();
  }

  NodeCertificate dispatcher() {
    return ticket.dispatcher().value();
  }
}
