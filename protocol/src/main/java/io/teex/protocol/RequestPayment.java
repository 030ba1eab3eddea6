package io.teex.protocol;

/** What a batch takes from an on-chain request's escrow; the rest goes back to the user. */
public record RequestPayment(TaskId taskId, Amount amount) {}
