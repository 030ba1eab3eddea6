/**
 * The executor process on Endive, a WebAssembly engine in Java: the counterpart of the scripts
 * under {@code v8}, frame by frame and charge by charge. It runs in a JVM of its own behind the
 * walls; nothing of it is used by the worker but its name.
 */
@NullMarked
package io.teex.executor.endive;

import org.jspecify.annotations.NullMarked;
