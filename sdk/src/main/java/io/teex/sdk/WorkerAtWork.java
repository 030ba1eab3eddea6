package io.teex.sdk;

import io.teex.protocol.NodeCertificate;

/**
 * A worker that has joined a dispatcher, as the dispatcher says; what it is, is the manager's word.
 *
 * @param endpoint host:port
 * @param slots how many tasks it works on at once
 * @param busy how many it works on
 * @param certificate signed by the market's manager. Workers with equal platform tags are on one
 *     machine, or on machines that the same cloud does not tell apart
 */
public record WorkerAtWork(String endpoint, int slots, int busy, NodeCertificate certificate) {}
