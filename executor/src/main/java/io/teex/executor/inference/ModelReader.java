package io.teex.executor.inference;

import com.google.protobuf.CodedInputStream;
import io.teex.executor.inference.Graph.Node;
import io.teex.executor.inference.Graph.Port;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the part of ONNX that is accepted. Fields that are not named here, twice the same where one
 * is due, graphs inside of graphs, functions, other domains' operators, data outside of the file:
 * all refused, so that no other reader of the same bytes finds more in them.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>
 */
final class ModelReader {
  private static final int NODES_MAX = 20_000;
  private static final int INITIALIZERS_MAX = 10_000;
  private static final int PORTS_MAX = 16;
  private static final int NAME_BYTES_MAX = 512;
  private static final int LIST_MAX = 64;
  private static final int OPSET_MIN = 11;
  private static final int OPSET_MAX = 17;

  private final List<Port> inputs = new ArrayList<>();
  private final List<Port> outputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Value> initializers = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private int opset;

  private ModelReader() {}

  /**
   * @throws io.teex.protocol.TeexException {@code INVALID_MODULE}
   */
  static Graph read(byte[] model) {
    ModelReader reader = new ModelReader();
    try {
      reader.readModel(CodedInputStream.newInstance(model));
    } catch (IOException e) {
      throw Refusals.model("it is cut off, or no ONNX: " + e.getMessage());
    }
    if (reader.opset == 0 || reader.inputs.isEmpty() || reader.outputs.isEmpty()) {
      throw Refusals.model("it lacks a version of its operators, inputs or outputs");
    }
    reader.requireOrder();
    return new Graph(
        reader.inputs,
        reader.outputs,
        reader.nodes,
        reader.initializers,
        reader.opset,
        model.length);
  }

  /** Reads one field of a message; the tag has been read. */
  private interface Fields {
    /** Whether the field is one of those that the message may have. */
    boolean read(int field) throws IOException;
  }

  private static void message(CodedInputStream in, String what, Set<Integer> once, Fields fields)
      throws IOException {
    Set<Integer> seen = new HashSet<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = tag >>> 3;
      if (once.contains(field) && !seen.add(field)) {
        throw Refusals.model("field %d of %s twice".formatted(field, what));
      }
      boolean list = what.equals("an attribute") && (field == 7 || field == 8);
      if (!list && (tag & 7) != wireType(what, field)) {
        throw Refusals.model("field %d of %s is of another type".formatted(field, what));
      }
      if (!fields.read(field)) {
        throw Refusals.model("field %d of %s is not accepted".formatted(field, what));
      }
    }
  }

  /** An attribute's lists of numbers, which this is not asked for, come packed or not. */
  private static int wireType(String what, int field) {
    return switch (what) {
      case "the model" -> field == 1 || field == 5 ? 0 : 2;
      case "an operator set" -> field == 2 ? 0 : 2;
      case "a tensor" -> field == 2 || field == 14 ? 0 : 2;
      case "an attribute" -> field == 2 ? 5 : field == 3 || field == 20 ? 0 : 2;
      case "a tensor type", "a dimension" -> field == 1 ? 0 : 2;
      default -> 2;
    };
  }

  private static void nested(CodedInputStream in, String what, Set<Integer> once, Fields fields)
      throws IOException {
    int outer = in.pushLimit(in.readRawVarint32());
    message(in, what, once, fields);
    in.popLimit(outer);
  }

  /** Passes over text that means nothing. */
  private static boolean skip(CodedInputStream in) throws IOException {
    in.skipRawBytes(in.readRawVarint32());
    return true;
  }

  private static String name(CodedInputStream in) throws IOException {
    String name = in.readStringRequireUtf8();
    if (name.length() > NAME_BYTES_MAX) {
      throw Refusals.model("a name of %d characters".formatted(name.length()));
    }
    return name;
  }

  private void readModel(CodedInputStream in) throws IOException {
    message(
        in,
        "the model",
        Set.of(1, 2, 3, 4, 5, 6, 7, 8),
        field -> {
          switch (field) {
            case 1, 5 -> in.readInt64();
            case 2, 3, 4, 6, 14 -> skip(in);
            case 7 -> readGraph(in);
            case 8 -> readOpset(in);
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  private void readOpset(CodedInputStream in) throws IOException {
    nested(
        in,
        "an operator set",
        Set.of(1, 2),
        field -> {
          switch (field) {
            case 1 -> requireOnnx(name(in));
            case 2 -> opset = Math.clamp(in.readInt64(), 0, Integer.MAX_VALUE);
            default -> {
              return false;
            }
          }
          return true;
        });
    if (opset < OPSET_MIN || opset > OPSET_MAX) {
      throw Refusals.model(
          "version %d of the operators, accepted are %d to %d"
              .formatted(opset, OPSET_MIN, OPSET_MAX));
    }
  }

  private static void requireOnnx(String domain) {
    if (!domain.isEmpty() && !domain.equals("ai.onnx")) {
      throw Refusals.model("operators of %s; accepted are those of ONNX".formatted(domain));
    }
  }

  private void readGraph(CodedInputStream in) throws IOException {
    nested(
        in,
        "the graph",
        Set.of(2, 10),
        field -> {
          switch (field) {
            case 1 -> addNode(in);
            case 2, 10, 13 -> skip(in);
            case 5 -> addInitializer(in);
            case 11 -> {
              String _ = fresh(addPort(inputs, in).name());
            }
            case 12 -> {
              Port _ = addPort(outputs, in);
            }
            default -> {
              return false;
            }
          }
          return true;
        });
  }

  private void addInitializer(CodedInputStream in) throws IOException {
    TensorReader tensor = new TensorReader();
    tensor.read(in);
    if (initializers.size() == INITIALIZERS_MAX) {
      throw Refusals.model("more than %d tensors".formatted(INITIALIZERS_MAX));
    }
    initializers.put(fresh(tensor.name), tensor.value());
  }

  private static Port addPort(List<Port> ports, CodedInputStream in) throws IOException {
    Port port = new PortReader().read(in);
    if (ports.size() == PORTS_MAX) {
      throw Refusals.model("more than %d inputs or outputs".formatted(PORTS_MAX));
    }
    if (!port.type().isForGuests()) {
      throw Refusals.model(
          "%s has elements of type %s; inputs and outputs have float, int32 or int64"
              .formatted(port.name(), port.type()));
    }
    ports.add(port);
    return port;
  }

  /** Every value has a name of its own. */
  private String fresh(String name) {
    if (name.isEmpty() || !names.add(name)) {
      throw Refusals.model("two values are named '%s', or one is not".formatted(name));
    }
    return name;
  }

  private void addNode(CodedInputStream in) throws IOException {
    if (nodes.size() == NODES_MAX) {
      throw Refusals.model("more than %d nodes".formatted(NODES_MAX));
    }
    nodes.add(new NodeReader().read(in));
  }

  /** Fields may come in any order, so this is looked at when all are there. */
  private void requireOrder() {
    Set<String> known = new HashSet<>(initializers.keySet());
    inputs.forEach(each -> known.add(each.name()));
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!input.isEmpty() && !known.contains(input)) {
          throw Refusals.model(
              "a %s takes '%s' before it is there".formatted(node.operator(), input));
        }
      }
      node.outputs().forEach(each -> known.add(fresh(each)));
    }
    for (Port output : outputs) {
      if (!known.contains(output.name())) {
        throw Refusals.model("no node makes its output '%s'".formatted(output.name()));
      }
    }
  }

  private static final class NodeReader {
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final Map<String, List<Long>> integers = new HashMap<>();
    private final Set<String> attributes = new HashSet<>();
    private @Nullable Operator operator;
    private @Nullable Value constant;

    Node read(CodedInputStream in) throws IOException {
      nested(
          in,
          "a node",
          Set.of(3, 4, 6, 7),
          field -> {
            switch (field) {
              case 1 -> addName(inputs, in);
              case 2 -> addName(outputs, in);
              case 3, 6 -> skip(in);
              case 4 -> operator = Operator.of(name(in));
              case 5 -> readAttribute(in);
              case 7 -> requireOnnx(name(in));
              default -> {
                return false;
              }
            }
            return true;
          });
      Operator read = operator;
      if (read == null) {
        throw Refusals.model("a node without operator");
      }
      read.requireArity(inputs.size(), outputs.size());
      if ((read == Operator.Constant) != (constant != null)) {
        throw Refusals.model("a %s with or without a tensor".formatted(read));
      }
      return new Node(read, inputs, outputs, integers, constant);
    }

    private static void addName(List<String> names, CodedInputStream in) throws IOException {
      if (names.size() == LIST_MAX) {
        throw Refusals.model("a node with more than %d inputs or outputs".formatted(LIST_MAX));
      }
      names.add(name(in));
    }

    private void readAttribute(CodedInputStream in) throws IOException {
      List<Long> read = new ArrayList<>();
      String[] name = {""};
      nested(
          in,
          "an attribute",
          Set.of(1, 2, 3, 4, 5, 13, 20),
          field -> {
            switch (field) {
              case 1 -> name[0] = name(in);
              case 2 -> in.readFloat();
              case 3 -> read.add(in.readInt64());
              case 4, 13 -> skip(in);
              case 7 -> in.skipField(in.getLastTag());
              case 5 -> {
                TensorReader tensor = new TensorReader();
                tensor.read(in);
                constant = tensor.value();
              }
              case 8 -> numbers(in, read);
              case 20 -> in.readInt64();
              default -> {
                return false;
              }
            }
            return true;
          });
      if (!attributes.add(name[0])) {
        throw Refusals.model("attribute '%s' twice".formatted(name[0]));
      }
      if (!read.isEmpty()) {
        integers.put(name[0], read);
      }
    }

    private static void numbers(CodedInputStream in, List<Long> read) throws IOException {
      if ((in.getLastTag() & 7) != 2) {
        add(read, in.readInt64());
        return;
      }
      int outer = in.pushLimit(in.readRawVarint32());
      while (!in.isAtEnd()) {
        add(read, in.readInt64());
      }
      in.popLimit(outer);
    }

    private static void add(List<Long> read, long number) {
      if (read.size() == LIST_MAX) {
        throw Refusals.model("an attribute of more than %d numbers".formatted(LIST_MAX));
      }
      read.add(number);
    }
  }

  private static final class PortReader {
    private final List<Integer> dimensions = new ArrayList<>();
    private String name = "";
    private @Nullable ElementType type;
    private boolean shaped;

    Port read(CodedInputStream in) throws IOException {
      nested(
          in,
          "a value",
          Set.of(1, 2, 3),
          field -> {
            switch (field) {
              case 1 -> name = name(in);
              case 2 -> nested(in, "a type", Set.of(1), this.once(in, 1, this::readTensorType));
              case 3 -> skip(in);
              default -> {
                return false;
              }
            }
            return true;
          });
      ElementType read = type;
      if (read == null || !shaped) {
        throw Refusals.model("'%s' has no type or no shape".formatted(name));
      }
      return new Port(name, read, dimensions);
    }

    private interface Part {
      void read(CodedInputStream in) throws IOException;
    }

    private Fields once(CodedInputStream in, int wanted, Part part) {
      return field -> {
        if (field != wanted) {
          return false;
        }
        part.read(in);
        return true;
      };
    }

    private void readTensorType(CodedInputStream in) throws IOException {
      nested(
          in,
          "a tensor type",
          Set.of(1, 2),
          field -> {
            switch (field) {
              case 1 -> type = ElementType.of(in.readInt64(), "'%s'".formatted(name));
              case 2 -> {
                shaped = true;
                nested(in, "a shape", Set.of(), once(in, 1, this::readDimension));
              }
              default -> {
                return false;
              }
            }
            return true;
          });
    }

    private void readDimension(CodedInputStream in) throws IOException {
      if (dimensions.size() == Value.RANK_MAX) {
        throw Refusals.model("'%s' has more than %d dimensions".formatted(name, Value.RANK_MAX));
      }
      int at = dimensions.size();
      dimensions.add(Port.ANY);
      nested(
          in,
          "a dimension",
          Set.of(1, 2),
          field -> {
            switch (field) {
              case 1 -> dimensions.set(at, TensorReader.dimension(in.readInt64()));
              case 2 -> skip(in);
              default -> {
                return false;
              }
            }
            return true;
          });
    }
  }
}
