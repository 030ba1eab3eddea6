package io.teex.executor.inference;

import io.teex.executor.inference.Refusals.Unfit;
import io.teex.protocol.SecretBytes;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A model that was read and is accepted. It is as secret as the image that brought it. */
public final class Model {
  /** Of one image, all of its models together. */
  public static final int BYTES_MAX = 64 << 20;

  private final SecretBytes bytes;
  private final Graph graph;
  private volatile @Nullable Remembered last;

  /** The last quote and the shapes that it was for: calls of one model are often of one shape. */
  private record Remembered(List<Value> inputs, Optional<Quote> quote) {}

  private Model(SecretBytes bytes, Graph graph) {
    this.bytes = bytes;
    this.graph = graph;
  }

  /**
   * @throws io.teex.protocol.TeexException {@code INVALID_MODULE}, saying what was seen and what is
   *     accepted
   */
  public static Model read(byte[] onnx) {
    return new Model(SecretBytes.copyOf(onnx), ModelReader.read(onnx));
  }

  public SecretBytes bytes() {
    return bytes;
  }

  /** What one call is counted as, its model's loading not included, and answers. */
  public static final class Quote {
    private final long fuel;
    private final long answerBytes;
    private final List<Value> outputs;

    private Quote(long fuel, long answerBytes, List<Value> outputs) {
      this.fuel = fuel;
      this.answerBytes = answerBytes;
      this.outputs = outputs;
    }

    public long fuel() {
      return fuel;
    }

    public long answerBytes() {
      return answerBytes;
    }

    /** Whether these bytes are tensors of the types and shapes that are due. */
    public boolean isAnsweredBy(byte[] answer) {
      try {
        List<Value> seen = Tensors.read(answer);
        return seen.equals(outputs);
      } catch (Unfit e) {
        return false;
      }
    }
  }

  /** Empty if the model has no answer for such inputs, or none whose size can be told before. */
  public Optional<Quote> quote(byte[] inputs) {
    try {
      List<Value> tensors = Tensors.read(inputs);
      Remembered remembered = last;
      if (remembered == null || !remembered.inputs().equals(tensors)) {
        remembered = new Remembered(tensors, quote(Inferred.of(graph, tensors)));
        last = remembered;
      }
      return remembered.quote();
    } catch (Unfit | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static Optional<Quote> quote(Inferred.Result result) {
    long bytes = Tensors.bytes(result.outputs());
    if (bytes > BYTES_MAX) {
      return Optional.empty();
    }
    long answer = (bytes + 7) / 8 * InferenceTable.EIGHT_BYTES;
    return Optional.of(
        new Quote(
            InferenceTable.CALL + result.fuel() + answer,
            bytes,
            result.outputs().stream().map(Model::shapeOf).toList()));
  }

  private static Value shapeOf(Value value) {
    return new Value(value.type(), value.dimensions());
  }

  /** What a call costs at least: to find out what it costs. */
  public long lookingFuel() {
    return InferenceTable.CALL + (long) InferenceTable.NODE * graph.nodes().size();
  }

  /** What a task's first call of the model costs beside. */
  public long loadingFuel() {
    return (long) InferenceTable.MODEL_BYTE * graph.bytes();
  }
}
