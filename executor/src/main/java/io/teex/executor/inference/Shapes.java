package io.teex.executor.inference;

import io.teex.executor.inference.Graph.Node;
import io.teex.executor.inference.Refusals.Unfit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The shapes that operators give, and their elements where further shapes are made of them.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/main/docs/Operators.md">ONNX operators</a>
 */
final class Shapes {
  /** Since then the axes of {@code Unsqueeze} are an input. */
  private static final int OPSET_AXES_AS_INPUT = 13;

  private Shapes() {}

  /**
   * @throws Unfit if the inputs do not go together
   * @throws IndexOutOfBoundsException where an axis does not exist
   * @throws ArithmeticException where a size is beyond all bounds
   */
  static List<Value> of(Node node, List<Value> inputs, int opset) throws Unfit {
    Value first = inputs.isEmpty() ? constant(node) : inputs.getFirst();
    return switch (node.operator()) {
      case Constant -> List.of(first);
      case DynamicQuantizeLinear ->
          List.of(
              new Value(ElementType.UINT8, first.dimensions()),
              new Value(ElementType.FLOAT, List.of()),
              new Value(ElementType.UINT8, List.of()));
      default -> List.of(single(node, first, inputs, opset));
    };
  }

  private static Value constant(Node node) throws Unfit {
    Value constant = node.constant();
    if (constant == null) {
      throw new Unfit("a %s without inputs".formatted(node.operator()));
    }
    return constant;
  }

  private static Value single(Node node, Value first, List<Value> inputs, int opset) throws Unfit {
    return switch (node.operator()) {
      case Add -> broadcast(first, inputs.get(1), Math::addExact);
      case Sub -> broadcast(first, inputs.get(1), Math::subtractExact);
      case Mul -> broadcast(first, inputs.get(1), Math::multiplyExact);
      case Div -> broadcast(first, inputs.get(1), (a, b) -> a / b);
      case Pow -> broadcast(first, inputs.get(1), null);
      case Erf, Relu, Sigmoid, Sqrt, Tanh -> new Value(first.type(), first.dimensions());
      case Softmax -> softmax(node, first);
      case Identity -> first;
      case DequantizeLinear -> new Value(ElementType.FLOAT, first.dimensions());
      case Shape -> shape(first);
      case Cast -> cast(node, first);
      case Gather -> gather(node, first, inputs.get(1));
      case Concat -> concat(node, inputs);
      case Reshape -> reshape(first, integers(inputs.get(1)));
      case Transpose -> transpose(node, first);
      case Unsqueeze -> unsqueeze(node, inputs, opset);
      case Slice -> slice(first, inputs);
      case ReduceMean -> reduce(node, first);
      case MatMul -> product(first, inputs.get(1), first.type());
      case MatMulInteger -> product(first, inputs.get(1), ElementType.INT32);
      case Constant, DynamicQuantizeLinear -> throw new IllegalStateException("made above");
    };
  }

  private static List<Long> integers(Value value) throws Unfit {
    List<Long> integers = value.integers();
    if (integers == null || value.rank() > 1) {
      throw new Unfit("a shape that is known only once the model has run");
    }
    return integers;
  }

  private static int axis(long axis, int rank) {
    long from = axis < 0 ? axis + rank : axis;
    if (from < 0 || from >= rank) {
      throw new IndexOutOfBoundsException();
    }
    return (int) from;
  }

  private static List<Integer> broadcast(List<Integer> a, List<Integer> b) throws Unfit {
    int rank = Math.max(a.size(), b.size());
    List<Integer> both = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int left = i < rank - a.size() ? 1 : a.get(i - rank + a.size());
      int right = i < rank - b.size() ? 1 : b.get(i - rank + b.size());
      if (left != right && left != 1 && right != 1) {
        throw new Unfit("shapes %s and %s do not go together".formatted(a, b));
      }
      both.add(left == 1 ? right : left);
    }
    return both;
  }

  private static Value broadcast(Value a, Value b, @Nullable LongBinaryOperator operator)
      throws Unfit {
    if (a.type() != b.type() && operator != null) {
      throw new Unfit("types %s and %s do not go together".formatted(a.type(), b.type()));
    }
    List<Integer> dimensions = broadcast(a.dimensions(), b.dimensions());
    List<Long> left = a.integers();
    List<Long> right = b.integers();
    if (left == null || right == null || operator == null || dimensions.size() > 1) {
      return new Value(a.type(), dimensions);
    }
    int count = dimensions.isEmpty() ? 1 : dimensions.getFirst();
    List<Long> integers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      integers.add(
          operator.applyAsLong(
              left.get(left.size() == 1 ? 0 : i), right.get(right.size() == 1 ? 0 : i)));
    }
    return new Value(a.type(), dimensions, integers);
  }

  private static Value softmax(Node node, Value of) {
    int _ = axis(node.integer("axis", -1), of.rank());
    return new Value(of.type(), of.dimensions());
  }

  private static Value shape(Value of) throws Unfit {
    return new Value(
        ElementType.INT64,
        List.of(of.rank()),
        of.dimensions().stream().map(Integer::longValue).toList());
  }

  private static Value cast(Node node, Value of) throws Unfit {
    int code = node.integer("to", 0);
    for (ElementType type : ElementType.values()) {
      if (type.code() == code) {
        return type == ElementType.INT64
            ? new Value(type, of.dimensions(), of.integers())
            : new Value(type, of.dimensions());
      }
    }
    throw new Unfit("a Cast to type %d".formatted(code));
  }

  private static Value gather(Node node, Value data, Value indices) {
    int axis = axis(node.integer("axis", 0), data.rank());
    List<Integer> dimensions = new ArrayList<>(data.dimensions().subList(0, axis));
    dimensions.addAll(indices.dimensions());
    dimensions.addAll(data.dimensions().subList(axis + 1, data.rank()));
    List<Long> from = data.integers();
    List<Long> at = indices.integers();
    if (from == null || at == null || data.rank() != 1) {
      return new Value(data.type(), dimensions);
    }
    List<Long> integers = at.stream().map(each -> from.get(axis(each, from.size()))).toList();
    return new Value(data.type(), dimensions, integers);
  }

  private static Value concat(Node node, List<Value> inputs) throws Unfit {
    Value first = inputs.getFirst();
    int axis = axis(node.integer("axis", 0), first.rank());
    long size = 0;
    List<Long> integers = first.rank() == 1 ? new ArrayList<>() : null;
    for (Value each : inputs) {
      List<Integer> dimensions = new ArrayList<>(each.dimensions());
      size += dimensions.set(axis, first.dimension(axis));
      if (!dimensions.equals(first.dimensions()) || each.type() != first.type()) {
        throw new Unfit("values of different shapes or types in one Concat");
      }
      List<Long> more = each.integers();
      if (integers == null || more == null || integers.size() + more.size() > Value.INTEGERS_MAX) {
        integers = null;
      } else {
        integers.addAll(more);
      }
    }
    List<Integer> dimensions = new ArrayList<>(first.dimensions());
    dimensions.set(axis, Math.toIntExact(size));
    return new Value(first.type(), dimensions, integers);
  }

  private static Value reshape(Value of, List<Long> shape) throws Unfit {
    List<Integer> dimensions = new ArrayList<>();
    int free = -1;
    long product = 1;
    for (int i = 0; i < shape.size(); i++) {
      long wanted = shape.get(i) == 0 ? of.dimension(i) : shape.get(i);
      if (wanted == -1 && free < 0) {
        free = i;
        wanted = 1;
      } else if (wanted < 0 || wanted > Value.ELEMENTS_MAX) {
        throw new Unfit("a Reshape to %s".formatted(shape));
      }
      product = Math.multiplyExact(product, wanted);
      dimensions.add((int) wanted);
    }
    if (free >= 0 && product > 0) {
      dimensions.set(free, (int) (of.elements() / product));
      product *= dimensions.get(free);
    }
    if (product != of.elements()) {
      throw new Unfit("a Reshape of %s to %s".formatted(of.dimensions(), shape));
    }
    return new Value(of.type(), dimensions, of.integers());
  }

  private static Value transpose(Node node, Value of) throws Unfit {
    List<Integer> dimensions = new ArrayList<>();
    List<Long> order = node.integers().get("perm");
    for (int i = 0; i < of.rank(); i++) {
      int from = order == null ? of.rank() - 1 - i : axis(order.get(i), of.rank());
      dimensions.add(of.dimension(from));
    }
    if (order != null && order.stream().distinct().count() != of.rank()) {
      throw new Unfit("a Transpose by %s".formatted(order));
    }
    return new Value(of.type(), dimensions);
  }

  private static Value unsqueeze(Node node, List<Value> inputs, int opset) throws Unfit {
    Value of = inputs.getFirst();
    List<Long> axes = node.integers().get("axes");
    if (opset >= OPSET_AXES_AS_INPUT) {
      axes = integers(inputs.get(1));
    }
    if (axes == null) {
      throw new Unfit("an Unsqueeze without axes");
    }
    int rank = of.rank() + axes.size();
    List<Integer> added = axes.stream().map(each -> axis(each, rank)).distinct().sorted().toList();
    List<Integer> dimensions = new ArrayList<>(of.dimensions());
    added.forEach(each -> dimensions.add(each, 1));
    if (dimensions.size() != rank) {
      throw new Unfit("an Unsqueeze by %s".formatted(axes));
    }
    return new Value(of.type(), dimensions, of.integers());
  }

  private static Value slice(Value of, List<Value> inputs) throws Unfit {
    List<Long> starts = integers(inputs.get(1));
    List<Long> ends = integers(inputs.get(2));
    List<Integer> dimensions = new ArrayList<>(of.dimensions());
    List<Long> integers = of.integers();
    for (int i = 0; i < starts.size(); i++) {
      int axis = axis(inputs.size() > 3 ? integers(inputs.get(3)).get(i) : i, of.rank());
      long step = inputs.size() > 4 ? integers(inputs.get(4)).get(i) : 1;
      if (step != 1) {
        throw new Unfit("a Slice by steps of %d".formatted(step));
      }
      int size = of.dimension(axis);
      int from = bound(starts.get(i), size);
      int to = Math.max(from, bound(ends.get(i), size));
      dimensions.set(axis, to - from);
      integers = integers != null && of.rank() == 1 ? integers.subList(from, to) : null;
    }
    return new Value(of.type(), dimensions, integers);
  }

  private static int bound(long at, int size) {
    return Math.clamp(at < 0 ? at + size : at, 0, size);
  }

  private static Value reduce(Node node, Value of) throws Unfit {
    List<Long> axes = node.integers().get("axes");
    boolean kept = node.integer("keepdims", 1) != 0;
    List<Boolean> gone = new ArrayList<>();
    for (int i = 0; i < of.rank(); i++) {
      gone.add(axes == null);
    }
    if (axes != null) {
      axes.forEach(each -> gone.set(axis(each, of.rank()), true));
    }
    List<Integer> dimensions = new ArrayList<>();
    for (int i = 0; i < of.rank(); i++) {
      if (!gone.get(i)) {
        dimensions.add(of.dimension(i));
      } else if (kept) {
        dimensions.add(1);
      }
    }
    return new Value(of.type(), dimensions);
  }

  private static Value product(Value a, Value b, ElementType type) throws Unfit {
    if (a.rank() < 2 || b.rank() < 2 || a.dimensions().getLast() != b.dimension(b.rank() - 2)) {
      throw new Unfit(
          "a product of matrices of shapes %s and %s".formatted(a.dimensions(), b.dimensions()));
    }
    List<Integer> dimensions =
        new ArrayList<>(
            broadcast(
                a.dimensions().subList(0, a.rank() - 2), b.dimensions().subList(0, b.rank() - 2)));
    dimensions.add(a.dimension(a.rank() - 2));
    dimensions.add(b.dimensions().getLast());
    return new Value(type, dimensions);
  }
}
