package io.teex.executor.inference;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one tensor of a model: all of its elements have to be there, and few are kept. */
final class TensorReader {
  // Fields of TensorProto.
  private static final int DIMENSIONS = 1;
  private static final int TYPE = 2;
  private static final int FLOATS = 4;
  private static final int INTS = 5;
  private static final int LONGS = 7;
  private static final int NAME = 8;
  private static final int RAW = 9;
  private static final int DOCUMENTATION = 12;

  private final List<Integer> dimensions = new ArrayList<>();
  private final List<Long> numbers = new ArrayList<>();
  private @Nullable ElementType type;
  private byte[] small = {};
  private long count;
  private int content;

  String name = "";

  void read(CodedInputStream in) throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    Set<Integer> seen = new HashSet<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = tag >>> 3;
      boolean packed = (tag & 7) == 2;
      if (!seen.add(field) && field != DIMENSIONS) {
        throw Refusals.model("field %d of a tensor twice".formatted(field));
      }
      switch (field) {
        case DIMENSIONS -> readDimensions(in, packed);
        case TYPE -> type = ElementType.of(number(in, tag), "a tensor");
        case FLOATS, INTS, LONGS, RAW -> {
          requirePacked(packed, field);
          readContent(in, field);
        }
        case NAME -> {
          requirePacked(packed, field);
          name = in.readStringRequireUtf8();
        }
        case DOCUMENTATION -> {
          requirePacked(packed, field);
          in.skipRawBytes(in.readRawVarint32());
        }
        default ->
            throw Refusals.model(
                "field %d of a tensor is not accepted (data outside of the file, text, doubles)"
                    .formatted(field));
      }
    }
    in.popLimit(outer);
  }

  private static void requirePacked(boolean packed, int field) {
    if (!packed) {
      throw Refusals.model("field %d of a tensor is of another type".formatted(field));
    }
  }

  private static long number(CodedInputStream in, int tag) throws IOException {
    if ((tag & 7) != 0) {
      throw Refusals.model("field %d of a tensor is of another type".formatted(tag >>> 3));
    }
    return in.readInt64();
  }

  private void readDimensions(CodedInputStream in, boolean packed) throws IOException {
    if (!packed) {
      addDimension(in.readInt64());
      return;
    }
    int outer = in.pushLimit(in.readRawVarint32());
    while (!in.isAtEnd()) {
      addDimension(in.readInt64());
    }
    in.popLimit(outer);
  }

  private void addDimension(long dimension) {
    if (dimensions.size() == Value.RANK_MAX) {
      throw Refusals.model("a tensor of more than %d dimensions".formatted(Value.RANK_MAX));
    }
    dimensions.add(dimension(dimension));
  }

  static int dimension(long seen) {
    if (seen < 0 || seen > Value.ELEMENTS_MAX) {
      throw Refusals.model("a dimension of %d".formatted(seen));
    }
    return (int) seen;
  }

  private void readContent(CodedInputStream in, int field) throws IOException {
    if (content != 0) {
      throw Refusals.model("a tensor with two contents");
    }
    content = field;
    int size = in.readRawVarint32();
    switch (field) {
      case RAW -> {
        count = size;
        if (size >= 0 && size <= Value.INTEGERS_MAX * Long.BYTES) {
          small = in.readRawBytes(size);
        } else {
          in.skipRawBytes(size);
        }
      }
      case FLOATS -> {
        count = size / Float.BYTES;
        if (size % Float.BYTES != 0) {
          throw Refusals.model("a tensor with a part of a number");
        }
        in.skipRawBytes(size);
      }
      default -> {
        int outer = in.pushLimit(size);
        while (!in.isAtEnd()) {
          long number = in.readInt64();
          count++;
          if (count <= Value.INTEGERS_MAX) {
            numbers.add(number);
          }
        }
        in.popLimit(outer);
      }
    }
  }

  Value value() {
    ElementType read = type;
    if (read == null) {
      throw Refusals.model("a tensor without type");
    }
    Value value = new Value(read, dimensions);
    long elements = value.elements();
    boolean whole =
        switch (content) {
          case 0 -> elements == 0;
          case RAW -> count == elements * read.bytes();
          case FLOATS -> count == elements && read == ElementType.FLOAT;
          case LONGS -> count == elements && read == ElementType.INT64;
          default -> count == elements && read != ElementType.FLOAT && read != ElementType.INT64;
        };
    if (elements < 0 || !whole) {
      throw Refusals.model(
          "tensor '%s' of shape %s has not the content for it".formatted(name, dimensions));
    }
    boolean integers = read == ElementType.INT64 || read == ElementType.INT32;
    return integers && elements <= Value.INTEGERS_MAX
        ? new Value(read, dimensions, content == RAW ? raw(read, (int) elements) : numbers)
        : value;
  }

  private List<Long> raw(ElementType of, int elements) {
    ByteBuffer bytes = ByteBuffer.wrap(small).order(ByteOrder.LITTLE_ENDIAN);
    List<Long> read = new ArrayList<>();
    for (int i = 0; i < elements; i++) {
      read.add(of == ElementType.INT64 ? bytes.getLong() : (long) bytes.getInt());
    }
    return read;
  }
}
