package io.teex.dispatcher;

import io.teex.protocol.Bytes32;

/** The batch, and the transaction, that settled something. */
record SettledIn(long batch, Bytes32 transaction) {}
