package io.teex.executor.testing;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes models in ONNX' format, good and bad ones. */
public final class OnnxBuilder {
  public static final int FLOAT = 1;
  public static final int INT64 = 7;

  private final Message graph = new Message();
  private final Message model = new Message();

  /** A message of fields, in the order in which they are added. */
  public static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(bytes);

    private interface Write {
      void to(CodedOutputStream out) throws IOException;
    }

    private Message write(Write field) {
      try {
        field.to(out);
        return this;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    public Message number(int field, long value) {
      return write(to -> to.writeInt64(field, value));
    }

    public Message text(int field, String value) {
      return write(to -> to.writeString(field, value));
    }

    public Message bytes(int field, byte[] value) {
      return write(to -> to.writeByteArray(field, value));
    }

    public Message message(int field, Message value) {
      return bytes(field, value.toBytes());
    }

    public byte[] toBytes() {
      write(CodedOutputStream::flush);
      return bytes.toByteArray();
    }
  }

  public static OnnxBuilder model() {
    OnnxBuilder builder = new OnnxBuilder();
    builder.model.number(1, 8).message(8, new Message().text(1, "").number(2, 13));
    return builder;
  }

  /** Dimensions below zero are left open. */
  public static Message value(String name, int type, int... dimensions) {
    Message shape = new Message();
    for (int each : dimensions) {
      shape.message(1, each < 0 ? new Message().text(2, "n") : new Message().number(1, each));
    }
    Message tensor = new Message().number(1, type).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  public static Message floats(String name, List<Integer> dimensions, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float each : values) {
      raw.putFloat(each);
    }
    Message tensor = new Message();
    dimensions.forEach(each -> tensor.number(1, each));
    return tensor.number(2, FLOAT).text(8, name).bytes(9, raw.array());
  }

  public static Message node(String operator, String output, String... inputs) {
    Message node = new Message();
    for (String each : inputs) {
      node.text(1, each);
    }
    return node.text(2, output).text(4, operator);
  }

  public OnnxBuilder input(Message value) {
    graph.message(11, value);
    return this;
  }

  public OnnxBuilder output(Message value) {
    graph.message(12, value);
    return this;
  }

  public OnnxBuilder node(Message node) {
    graph.message(1, node);
    return this;
  }

  public OnnxBuilder tensor(Message tensor) {
    graph.message(5, tensor);
    return this;
  }

  /** Any field of the model itself. */
  public OnnxBuilder with(int field, Message message) {
    model.message(field, message);
    return this;
  }

  public byte[] build() {
    return model.message(7, graph).toBytes();
  }

  /** y = xW + b for rows x of two numbers. */
  public static byte[] linear() {
    return model()
        .input(value("x", FLOAT, -1, 2))
        .output(value("y", FLOAT, -1, 3))
        .tensor(floats("W", List.of(2, 3), 1, 2, 3, 4, 5, 6))
        .tensor(floats("b", List.of(3), 10, 20, 30))
        .node(node("MatMul", "xW", "x", "W"))
        .node(node("Add", "y", "xW", "b"))
        .build();
  }

  /** Rows of a table by their numbers, which may lie outside of it. */
  public static byte[] lookup() {
    return model()
        .input(value("at", INT64, -1))
        .output(value("y", FLOAT, -1, 2))
        .tensor(floats("table", List.of(2, 2), 1, 2, 3, 4))
        .node(node("Gather", "y", "table", "at"))
        .build();
  }
}
