package io.teex.executor.inference;

import io.teex.executor.inference.InferenceTable.Price;

/** The operators of ONNX that models may use, by the name they have there: no other is loaded. */
enum Operator {
  Add(Price.ELEMENT, 2, 2, 1),
  Cast(Price.ELEMENT, 1, 1, 1),
  Concat(Price.ELEMENT, 1, 64, 1),
  Constant(Price.NONE, 0, 0, 1),
  DequantizeLinear(Price.QUANTIZE, 2, 3, 1),
  Div(Price.TRANSCENDENTAL, 2, 2, 1),
  DynamicQuantizeLinear(Price.QUANTIZE, 1, 1, 3),
  Erf(Price.TRANSCENDENTAL, 1, 1, 1),
  Gather(Price.ELEMENT, 2, 2, 1),
  Identity(Price.ELEMENT, 1, 1, 1),
  MatMul(Price.MULTIPLY_ADD, 2, 2, 1),
  MatMulInteger(Price.INTEGER_MULTIPLY_ADD, 2, 4, 1),
  Mul(Price.ELEMENT, 2, 2, 1),
  Pow(Price.TRANSCENDENTAL, 2, 2, 1),
  ReduceMean(Price.ELEMENT, 1, 1, 1),
  Relu(Price.ELEMENT, 1, 1, 1),
  Reshape(Price.ELEMENT, 2, 2, 1),
  Shape(Price.NONE, 1, 1, 1),
  Sigmoid(Price.TRANSCENDENTAL, 1, 1, 1),
  Slice(Price.ELEMENT, 3, 5, 1),
  Softmax(Price.TRANSCENDENTAL, 1, 1, 1),
  Sqrt(Price.TRANSCENDENTAL, 1, 1, 1),
  Sub(Price.ELEMENT, 2, 2, 1),
  Tanh(Price.TRANSCENDENTAL, 1, 1, 1),
  Transpose(Price.ELEMENT, 1, 1, 1),
  Unsqueeze(Price.ELEMENT, 1, 2, 1);

  private final Price price;
  private final int inputsMin;
  private final int inputsMax;
  private final int outputs;

  Operator(Price price, int inputsMin, int inputsMax, int outputs) {
    this.price = price;
    this.inputsMin = inputsMin;
    this.inputsMax = inputsMax;
    this.outputs = outputs;
  }

  Price price() {
    return price;
  }

  static Operator of(String name) {
    for (Operator each : values()) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    throw Refusals.model(
        "operator %s is not accepted; those that are stand in docs/fuel.md".formatted(name));
  }

  void requireArity(int inputs, int outputsSeen) {
    if (inputs < inputsMin || inputs > inputsMax || outputsSeen != outputs) {
      throw Refusals.model(
          "a %s with %d inputs and %d outputs, it has %d to %d and %d"
              .formatted(this, inputs, outputsSeen, inputsMin, inputsMax, outputs));
    }
  }
}
