package io.teex.sdk;

import io.teex.protocol.Lease;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Signed;

/**
 * A dispatcher's answer to an order: who executes it.
 *
 * @param endpoint of the worker, host:port
 * @param basisPoints that the dispatcher takes
 */
record Ticket(
    String endpoint,
    Signed<NodeCertificate> worker,
    Signed<Lease> lease,
    Signed<NodeCertificate> dispatcher,
    int basisPoints) {}
