package io.teex.executor.inference;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a model decides shapes and prices; its weights are not kept.
 *
 * @param nodes each after those whose outputs it takes
 * @param initializers by name
 * @param bytes of the whole model
 */
record Graph(
    List<Port> inputs,
    List<Port> outputs,
    List<Node> nodes,
    Map<String, Value> initializers,
    int opset,
    int bytes) {

  Graph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    nodes = List.copyOf(nodes);
    initializers = Map.copyOf(initializers);
  }

  /**
   * An input or output of the whole.
   *
   * @param dimensions {@link #ANY} where each call decides
   */
  record Port(String name, ElementType type, List<Integer> dimensions) {
    static final int ANY = -1;

    Port {
      dimensions = List.copyOf(dimensions);
    }
  }

  /**
   * @param inputs names; empty for one that is left out
   * @param integers attributes that are numbers or lists of them; all others decide no shape
   * @param constant of a {@code Constant}
   */
  record Node(
      Operator operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, List<Long>> integers,
      @Nullable Value constant) {
    Node {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      integers = Map.copyOf(integers);
    }

    int integer(String name, int missing) {
      List<Long> found = integers.get(name);
      return found == null || found.isEmpty()
          ? missing
          : Math.clamp(found.getFirst(), -1 << 20, 1 << 20);
    }

    boolean has(int input) {
      return input < inputs.size() && !inputs.get(input).isEmpty();
    }
  }
}
