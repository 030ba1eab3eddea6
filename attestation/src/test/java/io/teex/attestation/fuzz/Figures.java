package io.teex.attestation.fuzz;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What the inputs of one target have cost so far; several threads add to it. */
final class Figures {
  private final LongAdder inputs = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAccumulator nanosMax = new LongAccumulator(Long::max, 0);
  private final LongAccumulator allocatedMax = new LongAccumulator(Long::max, 0);

  void add(long cpuNanos, long allocatedBytes) {
    inputs.increment();
    nanos.add(cpuNanos);
    nanosMax.accumulate(cpuNanos);
    allocatedMax.accumulate(allocatedBytes);
  }

  long inputs() {
    return inputs.sum();
  }

  long nanos() {
    return nanos.sum();
  }

  long nanosMax() {
    return nanosMax.get();
  }

  long allocatedMax() {
    return allocatedMax.get();
  }
}
