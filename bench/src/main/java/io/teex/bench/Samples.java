package io.teex.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Durations of many runs of one thing, and how long they took together. */
final class Samples {
  interface Run {
    void run() throws InterruptedException;
  }

  private final List<Long> sortedNanos;
  private final long elapsedNanos;

  private Samples(List<Long> nanos, long elapsedNanos) {
    List<Long> sorted = new ArrayList<>(nanos);
    Collections.sort(sorted);
    this.sortedNanos = sorted;
    this.elapsedNanos = elapsedNanos;
  }

  /** Runs {@code count} times, one after the other. */
  static Samples of(int count, Run run) throws InterruptedException {
    List<Long> nanos = new ArrayList<>(count);
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      run.run();
      nanos.add(System.nanoTime() - start);
    }
    return new Samples(nanos, System.nanoTime() - begun);
  }

  double millis(int percentile) {
    int index = Math.min(sortedNanos.size() - 1, sortedNanos.size() * percentile / 100);
    return sortedNanos.get(index) / 1e6;
  }

  double perSecond() {
    return sortedNanos.size() / (elapsedNanos / 1e9);
  }
}
