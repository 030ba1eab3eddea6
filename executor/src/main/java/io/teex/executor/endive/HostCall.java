package io.teex.executor.endive;

/** A function that guests import; arguments and result as WebAssembly has them on its stack. */
@FunctionalInterface
interface HostCall {
  long call(long[] arguments);
}
