package io.teex.protocol;

/**
 * Who gets how much of a task's fee, besides the data sets' owners. Payees are read when the task
 * is leased.
 *
 * @param total provider, worker, dispatcher and all data sets together: what the user pays
 */
public record FeeSplit(
    Amount total,
    Address provider,
    Amount providerAmount,
    Address workerPayee,
    Amount workerAmount,
    Address dispatcherPayee,
    Amount dispatcherAmount) {}
