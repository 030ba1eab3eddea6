/**
 * Attested gRPC: nothing is served or sent on a connection before its peer proved, on this very
 * connection, what it runs. Invariant: no other module opens a gRPC server or channel.
 */
@NullMarked
package io.teex.rpc;

import org.jspecify.annotations.NullMarked;
