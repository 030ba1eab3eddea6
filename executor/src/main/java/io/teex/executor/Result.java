package io.teex.executor;

import io.teex.protocol.Outcome;
import io.teex.protocol.SecretBytes;

/**
 * How a task ended.
 *
 * @param output what the guest wrote; empty unless {@link Outcome#COMPLETED}
 * @param fuel units used, at most the limit, which it equals when fuel ran out; 0 where the process
 *     could not say (out of time, engine failure)
 * @param memoryBytes peak of the linear memory; 0 likewise
 * @param message what happened in a few words, for the user; it may quote the engine, never input,
 *     data or output
 */
public record Result(
    Outcome outcome, SecretBytes output, long fuel, long memoryBytes, String message) {}
