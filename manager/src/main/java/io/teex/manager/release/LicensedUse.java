package io.teex.manager.release;

import io.teex.protocol.Bytes32;

/**
 * One use of one licence by one task, and the limits within which it counts.
 *
 * @param outputBytes the most output that this task may make of the data
 * @param usesMax tasks in total that the licence allows
 * @param outputBytesMax output in total that the licence allows
 */
public record LicensedUse(
    Bytes32 licenceDigest, long outputBytes, long usesMax, long outputBytesMax) {}
