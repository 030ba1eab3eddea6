package io.teex.worker;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a node has to close, the last made first. */
final class Parts implements AutoCloseable {
  private final Deque<Runnable> closers = new ArrayDeque<>();

  /** Notes how to close a part, and returns it. */
  <T> T with(T part, Runnable closer) {
    closers.push(closer);
    return part;
  }

  @Override
  public void close() {
    closers.forEach(Runnable::run);
    closers.clear();
  }
}
