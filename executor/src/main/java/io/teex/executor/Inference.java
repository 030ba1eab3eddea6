package io.teex.executor;

import io.teex.executor.ExecutorConfig.Pool;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The inference processes of an executor. The first task whose guest calls a model starts them, so
 * that an executor without models costs nothing.
 */
final class Inference implements AutoCloseable {
  private final ExecutorConfig config;
  private final Function<WorkDirectory, Engine> engines;
  private @Nullable ProcessPool pool;
  private boolean closed;

  Inference(ExecutorConfig config, Function<WorkDirectory, Engine> engines) {
    this.config = config;
    this.engines = engines;
  }

  /**
   * @throws io.teex.protocol.TeexException {@code DEPENDENCY_MISSING} or {@code SANDBOX_MISSING} if
   *     there can be no such process here
   */
  synchronized ProcessPool pool() {
    if (pool == null) {
      Pool wanted = config.pool();
      Pool small =
          new Pool(
              wanted.parallelMax(),
              Math.min(1, wanted.idleMin()),
              wanted.sessionsMax(),
              wanted.sessionIdle());
      pool = new ProcessPool(small, new Launcher(config, engines, GuestLog.NONE));
      if (closed) {
        pool.close();
      }
    }
    return pool;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (pool != null) {
      pool.close();
    }
  }
}
