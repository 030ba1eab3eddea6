package io.teex.protocol;

/** Who is paid for a task besides the data sets' owners, as read when the task was leased. */
public record Payees(Address provider, Address worker, Address dispatcher) {}
