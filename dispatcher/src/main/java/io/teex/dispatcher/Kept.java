package io.teex.dispatcher;

/**
 * A value together with the revision of TEE-DS that wrote it, which the next write of it compares.
 *
 * @param revision 0 if it was never written
 */
record Kept<T>(T value, long revision) {}
