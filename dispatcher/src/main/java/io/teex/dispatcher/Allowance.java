package io.teex.dispatcher;

import io.teex.protocol.Amount;

/**
 * What the chain says of one lane as of one block.
 *
 * @param remaining what batches may still debit
 * @param settledSequence the last sequence that a batch debited; 0 before the first
 * @param expiry seconds since the epoch; from then on no new order is taken
 */
public record Allowance(Amount remaining, long settledSequence, long expiry) {}
