/**
 * Runs services that nobody trusts: a WebAssembly engine inside a process of its own, behind the
 * operating system's walls, reached over one pipe.
 */
@NullMarked
package io.teex.executor;

import org.jspecify.annotations.NullMarked;
