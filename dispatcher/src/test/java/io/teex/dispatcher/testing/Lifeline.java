package io.teex.dispatcher.testing;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The life of one process, as everything sees it that it does to the outside: it ends at a chosen
 * step, and after that nothing reaches the outside any more.
 */
public final class Lifeline {
  private final long last;
  private final AtomicLong steps = new AtomicLong();

  /**
   * @param last the step at which it ends, from 1 on
   */
  public Lifeline(long last) {
    this.last = last;
  }

  public static Lifeline endless() {
    return new Lifeline(Long.MAX_VALUE);
  }

  /**
   * Whether this process gets to take another step, such as sending a request or seeing its answer.
   */
  public boolean step() {
    return steps.incrementAndGet() < last;
  }

  public boolean isOver() {
    return steps.get() >= last;
  }
}
