package io.teex.dispatcher;

import io.teex.protocol.Bytes32;

/** A batch that landed, and the transaction that settled it. */
record SettledBatch(Batch batch, Bytes32 transaction) {}
