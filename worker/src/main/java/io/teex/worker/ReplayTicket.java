package io.teex.worker;

import io.teex.protocol.Domain;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user shows to have a task of hers executed again.
 *
 * @param session her leave for the key that signed the order; null if she did herself
 * @param receipt that she doubts
 * @param leaves of the owners of the data that the task used
 */
record ReplayTicket(
    Signed<Order> order,
    @Nullable Signed<Session> session,
    Signed<Receipt> receipt,
    Signed<Replay> replay,
    List<Signed<ReplayLeave>> leaves) {
  ReplayTicket {
    leaves = List.copyOf(leaves);
  }

  TaskId task(Domain domain) {
    return order.value().id(domain);
  }
}
