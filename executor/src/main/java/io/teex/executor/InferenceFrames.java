package io.teex.executor;

import io.teex.executor.Frames.ProtocolException;
import io.teex.executor.inference.Model;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The bytes on the pipe to an inference process, the worker's side; {@code OnnxProcess} is the
 * other. A model may have taken it over, so every answer is bounded before it is read.
 */
final class InferenceFrames {
  private static final int IMAGE = 1;
  private static final int QUESTION = 5;
  private static final int ANSWER = 16;
  private static final int ANSWERED = 0;
  private static final int FAILED = 1;

  private InferenceFrames() {}

  static void writeModels(DataOutputStream out, List<Model> models) throws IOException {
    out.writeByte(IMAGE);
    out.writeInt(models.stream().mapToInt(each -> Integer.BYTES + each.bytes().size()).sum());
    for (Model each : models) {
      out.writeInt(each.bytes().size());
      each.bytes().exposeTo(out::write);
    }
    out.flush();
  }

  static void writeQuestion(DataOutputStream out, int model, byte[] inputs) throws IOException {
    out.writeByte(QUESTION);
    out.writeInt(Integer.BYTES + inputs.length);
    out.writeInt(model);
    out.write(inputs);
    out.flush();
  }

  /**
   * @param quote what is due
   * @return empty if the model failed on these inputs
   */
  static Optional<byte[]> readAnswer(DataInputStream in, Model.Quote quote) throws IOException {
    int kind = in.readUnsignedByte();
    int size = in.readInt();
    if (kind != ANSWER || size < 1) {
      throw new ProtocolException("frame of kind %d with %d bytes".formatted(kind, size));
    }
    int status = in.readUnsignedByte();
    if (status == FAILED && size == 1) {
      return Optional.empty();
    }
    if (status != ANSWERED || size - 1 != quote.answerBytes()) {
      throw new ProtocolException(
          "an answer of %d bytes where %d are due".formatted(size - 1, quote.answerBytes()));
    }
    byte[] answer = new byte[size - 1];
    in.readFully(answer);
    if (!quote.isAnsweredBy(answer)) {
      throw new ProtocolException("an answer of other shapes than are due");
    }
    return Optional.of(answer);
  }
}
