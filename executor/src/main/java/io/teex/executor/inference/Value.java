package io.teex.executor.inference;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a tensor before anything runs.
 *
 * @param integers its elements where they are few, whole and known: shapes are made of them
 */
record Value(ElementType type, List<Integer> dimensions, @Nullable List<Long> integers) {
  /** Of one tensor. */
  static final int RANK_MAX = 8;

  static final long ELEMENTS_MAX = 1L << 26;

  /** More of them no shape is made of. */
  static final int INTEGERS_MAX = 64;

  Value {
    dimensions = List.copyOf(dimensions);
    integers = integers == null ? null : List.copyOf(integers);
  }

  Value(ElementType type, List<Integer> dimensions) {
    this(type, dimensions, null);
  }

  int rank() {
    return dimensions.size();
  }

  int dimension(int axis) {
    return dimensions.get(axis);
  }

  /** At most {@link #ELEMENTS_MAX}, or -1 beyond. */
  long elements() {
    long product = 1;
    for (int each : dimensions) {
      product *= each;
      if (product > ELEMENTS_MAX) {
        return -1;
      }
    }
    return product;
  }

  long bytes() {
    return elements() * type.bytes();
  }
}
