package io.teex.executor.instrument;

import io.teex.protocol.Bytes32;
import io.teex.protocol.SecretBytes;

/**
 * A module ready for an engine. It is as secret as the image it was made of.
 *
 * @param module the binary, with the exports of {@link Meters}
 * @param costTable digest of the cost table and instrumenter version, for receipts
 * @param memoryPagesMin pages of 64 KiB that every instance has from the start
 * @param options what it was instrumented with
 */
public record Instrumented(
    SecretBytes module, Bytes32 costTable, int memoryPagesMin, InstrumentOptions options) {}
