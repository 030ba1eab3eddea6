package io.teex.worker;

import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import org.jspecify.annotations.Nullable;

/**
 * What somebody shows who wants a task executed. Nothing in it is believed before {@link
 * TicketCheck}.
 *
 * @param session the user's leave for the key that signed the order, if she did not herself
 * @param dispatcher the certificate of the lease's dispatcher
 */
record Ticket(
    Signed<Order> order,
    @Nullable Signed<Session> session,
    Signed<Lease> lease,
    Signed<NodeCertificate> dispatcher) {}
