package io.teex.executor.inference;

import io.teex.executor.inference.Refusals.Unfit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensors as guests write and read them, one behind the other: words of 32 bits, little-endian, for
 * the type's code of ONNX, the rank and each dimension, then the elements.
 */
final class Tensors {
  private Tensors() {}

  /** The types and shapes; whatever the elements are, all of them are there and nothing else. */
  static List<Value> read(byte[] bytes) throws Unfit {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Value> tensors = new ArrayList<>();
    while (in.hasRemaining()) {
      Value tensor = new Value(type(word(in)), dimensions(in));
      long size = tensor.bytes();
      if (size < 0 || size > in.remaining()) {
        throw new Unfit("a tensor that does not lie inside");
      }
      in.position(in.position() + (int) size);
      tensors.add(tensor);
    }
    return tensors;
  }

  private static int word(ByteBuffer in) throws Unfit {
    if (in.remaining() < Integer.BYTES) {
      throw new Unfit("a tensor that is cut off");
    }
    return in.getInt();
  }

  private static List<Integer> dimensions(ByteBuffer in) throws Unfit {
    int rank = word(in);
    if (rank < 0 || rank > Value.RANK_MAX) {
      throw new Unfit("a rank of " + rank);
    }
    List<Integer> dimensions = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int dimension = word(in);
      if (dimension < 0) {
        throw new Unfit("a dimension of " + dimension);
      }
      dimensions.add(dimension);
    }
    return dimensions;
  }

  private static ElementType type(int code) throws Unfit {
    for (ElementType each : ElementType.values()) {
      if (each.code() == code && each.isForGuests()) {
        return each;
      }
    }
    throw new Unfit("elements of type " + code);
  }

  /** What such tensors take. */
  static long bytes(List<Value> tensors) {
    long bytes = 0;
    for (Value each : tensors) {
      bytes += Integer.BYTES * (2L + each.rank()) + each.bytes();
    }
    return bytes;
  }
}
