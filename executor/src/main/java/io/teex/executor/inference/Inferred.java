package io.teex.executor.inference;

import io.teex.executor.inference.Graph.Node;
import io.teex.executor.inference.Graph.Port;
import io.teex.executor.inference.InferenceTable.Price;
import io.teex.executor.inference.Refusals.Unfit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Walks a graph with the shapes of one call's inputs: what comes out, and what it is counted as.
 */
final class Inferred {
  /** Of all values of a call together, so that the process can hold them. */
  private static final long BYTES_MAX = 512L << 20;

  private final Graph graph;
  private final Map<String, Value> values;
  private long bytes;
  private long fuel;

  private Inferred(Graph graph) {
    this.graph = graph;
    this.values = new HashMap<>(graph.initializers());
  }

  /**
   * @param fuel of all nodes
   */
  record Result(List<Value> outputs, long fuel) {}

  /**
   * @throws Unfit if the model has no answer for such inputs, or none whose shape can be told
   */
  static Result of(Graph graph, List<Value> inputs) throws Unfit {
    Inferred inferred = new Inferred(graph);
    inferred.put(inputs);
    try {
      for (Node node : graph.nodes()) {
        inferred.walk(node);
      }
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new Unfit("an axis that is not there, or a number beyond all bounds");
    }
    List<Value> outputs = new ArrayList<>();
    for (Port each : graph.outputs()) {
      Value output = inferred.values.get(each.name());
      if (output == null || output.type() != each.type()) {
        throw new Unfit("output '%s' is of another type".formatted(each.name()));
      }
      outputs.add(output);
    }
    return new Result(outputs, inferred.fuel);
  }

  private void put(List<Value> inputs) throws Unfit {
    if (inputs.size() != graph.inputs().size()) {
      throw new Unfit("%d inputs of %d".formatted(inputs.size(), graph.inputs().size()));
    }
    for (int i = 0; i < inputs.size(); i++) {
      Port port = graph.inputs().get(i);
      Value input = inputs.get(i);
      boolean fits = input.type() == port.type() && input.rank() == port.dimensions().size();
      for (int axis = 0; fits && axis < input.rank(); axis++) {
        int wanted = port.dimensions().get(axis);
        fits = wanted == Port.ANY || wanted == input.dimension(axis);
      }
      if (!fits) {
        throw new Unfit("input '%s' is of another type or shape".formatted(port.name()));
      }
      values.put(port.name(), input);
    }
  }

  private void walk(Node node) throws Unfit {
    List<Value> inputs = new ArrayList<>();
    for (String name : node.inputs()) {
      Value value = values.get(name);
      if (value != null) {
        inputs.add(value);
      }
    }
    if (inputs.size() != node.inputs().size()) {
      throw new Unfit("a %s without one of its inputs".formatted(node.operator()));
    }
    List<Value> outputs = Shapes.of(node, inputs, graph.opset());
    long read = 0;
    for (Value input : inputs) {
      read = Math.max(read, input.elements());
    }
    for (int i = 0; i < outputs.size(); i++) {
      Value output = outputs.get(i);
      if (output.rank() > Value.RANK_MAX || output.elements() < 0) {
        throw new Unfit("a %s makes too large a value".formatted(node.operator()));
      }
      bytes += output.bytes();
      values.put(node.outputs().get(i), output);
    }
    if (bytes > BYTES_MAX) {
      throw new Unfit("more than %d bytes of values".formatted(BYTES_MAX));
    }
    Price price = node.operator().price();
    long work =
        switch (price) {
          case MULTIPLY_ADD, INTEGER_MULTIPLY_ADD ->
              Math.multiplyExact(
                  outputs.getFirst().elements(), (long) inputs.getFirst().dimensions().getLast());
          default -> Math.max(read, outputs.getFirst().elements());
        };
    fuel = Math.addExact(fuel, InferenceTable.NODE + price.of(work));
  }
}
