package io.teex.executor;

/**
 * Runs instrumented modules, each task in a fresh WebAssembly instance, in a process that serves
 * one user and one image and has no network, no file system and no keys. Nothing of a task survives
 * it but, under {@link io.teex.protocol.Isolation#SESSION}, the process and the compiled code.
 *
 * <p>Safe for use by several threads; blocking, for virtual threads.
 */
public interface Executor extends AutoCloseable {
  /**
   * Runs one task to its end. Whatever the guest does, and whatever happens to its process, is an
   * outcome and not an exception: {@code ENGINE_FAILURE} where the platform is to blame. The task's
   * data sets are its caller's to close, afterwards.
   *
   * @throws io.teex.protocol.TeexException {@code UNAVAILABLE} if as many tasks run as may run at
   *     once, or the executor is closed; whatever {@link Dataset#read} threw
   * @throws InterruptedException if the calling thread was interrupted; the process is then gone
   */
  Result run(Job job, Task task) throws InterruptedException;

  /** What the receipt says of this executor. */
  Facts facts();

  /** Kills every process; running tasks end with {@code ENGINE_FAILURE}. */
  @Override
  void close();
}
