package io.teex.manager.release;

import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker shows to execute a task again. Nothing in it is believed.
 *
 * @param session the user's permission for the key that signed the order, if she did not herself
 * @param leaves of the owners of the data that the order uses
 * @param worker the certificate of the caller
 * @param caller what the attested channel proves of the caller
 */
public record ReplayAsk(
    Signed<Order> order,
    @Nullable Signed<Session> session,
    Signed<Receipt> receipt,
    Signed<Replay> replay,
    List<Signed<ReplayLeave>> leaves,
    Signed<NodeCertificate> worker,
    Ask.Caller caller) {
  public ReplayAsk {
    leaves = List.copyOf(leaves);
  }
}
