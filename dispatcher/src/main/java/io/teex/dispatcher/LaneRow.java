package io.teex.dispatcher;

/** What TEE-DS keeps of a {@link Lane}; the rest follows from its tasks and the batch under way. */
record LaneRow(long next, long settled) {}
