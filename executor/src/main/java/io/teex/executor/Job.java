package io.teex.executor;

import io.teex.executor.instrument.Instrumented;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Isolation;

/**
 * For whom and with which module a task runs. A process serves one pair of user and image.
 *
 * @param user whoever may share a process with herself: the user's address
 * @param imageDigest of the image that {@code module} was made of
 * @param isolation {@code PROCESS} takes a fresh process and ends it, {@code SESSION} may take one
 *     that served the same user and image, and keeps it for a while
 */
public record Job(Bytes user, Bytes32 imageDigest, Instrumented module, Isolation isolation) {}
