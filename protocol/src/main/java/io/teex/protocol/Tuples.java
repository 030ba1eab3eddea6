package io.teex.protocol;

import java.util.List;

/** The ABI's head-and-tail layout of several values. */
final class Tuples {
  private Tuples() {}

  static void write(List<?> values, List<? extends Shape> shapes, AbiWriter out) {
    int base = out.size();
    int[] heads = new int[shapes.size()];
    for (int i = 0; i < heads.length; i++) {
      heads[i] = out.size();
      if (shapes.get(i).dynamic()) {
        out.word(new byte[Words.SIZE]);
      } else {
        shapes.get(i).write(values.get(i), out);
      }
    }
    for (int i = 0; i < heads.length; i++) {
      if (shapes.get(i).dynamic()) {
        out.wordAt(heads[i], Words.uint(out.size() - base));
        shapes.get(i).write(values.get(i), out);
      }
    }
  }

  static Object[] read(List<? extends Shape> shapes, AbiReader in) {
    int base = in.position();
    Object[] values = new Object[shapes.size()];
    int[] offsets = new int[shapes.size()];
    for (int i = 0; i < values.length; i++) {
      if (shapes.get(i).dynamic()) {
        offsets[i] = in.length("offset");
      } else {
        values[i] = shapes.get(i).read(in);
      }
    }
    for (int i = 0; i < values.length; i++) {
      if (shapes.get(i).dynamic()) {
        int expected = in.position() - base;
        if (offsets[i] != expected) {
          throw AbiReader.malformed("offset %d, expected %d".formatted(offsets[i], expected));
        }
        values[i] = shapes.get(i).read(in);
      }
    }
    return values;
  }
}
