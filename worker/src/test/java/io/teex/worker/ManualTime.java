package io.teex.worker;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Nanoseconds that pass when the test says so, or when somebody waits for them. */
final class ManualTime implements LongSupplier, Pace.Pause {
  private final AtomicLong nanos = new AtomicLong(1_000_000_007L);

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  @Override
  public void last(long pause) {
    pass(pause);
  }

  void pass(long passed) {
    nanos.addAndGet(passed);
  }
}
