/** What the main class of every role shares: configuration, start, stop, log and certificates. */
@NullMarked
package io.teex.rpc.node;

import org.jspecify.annotations.NullMarked;
