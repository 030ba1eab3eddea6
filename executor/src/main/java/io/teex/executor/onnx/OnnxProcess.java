package io.teex.executor.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The inference process: the models of one image, then questions, one after the other, until the
 * pipe closes. The worker's side is {@code io.teex.executor.InferenceFrames}.
 */
public final class OnnxProcess {
  private static final int IMAGE = 1;
  private static final int QUESTION = 5;
  private static final int READY = 10;
  private static final int LOADED = 11;
  private static final int ANSWER = 16;
  private static final int ANSWERED = 0;
  private static final int FAILED = 1;

  // Not buffered: a buffer asks how much can be read, by a system call that the walls refuse.
  private final DataInputStream in = new DataInputStream(new FileInputStream(FileDescriptor.in));
  private final DataOutputStream out =
      new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));

  private OnnxProcess() {}

  /**
   * @param arguments none: all that it is told comes through the pipe
   */
  public static void main(String[] arguments) {
    try {
      new OnnxProcess().serve();
    } catch (EOFException e) {
      System.exit(0);
    } catch (IOException | OrtException | RuntimeException | Error e) {
      System.err.println(e); // Read only while it is tried whether such a process starts.
      System.exit(1);
    }
  }

  private void serve() throws IOException, OrtException {
    OrtEnvironment environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "teex");
    environment.setTelemetry(false);
    String name =
        "onnxruntime-%s/java-%d".formatted(environment.getVersion(), Runtime.version().feature());
    send(READY, name.getBytes(StandardCharsets.US_ASCII));
    List<LoadedModel> models = readModels(environment);
    send(LOADED);
    for (; ; ) {
      answer(models);
    }
  }

  private List<LoadedModel> readModels(OrtEnvironment environment) throws IOException {
    expect(IMAGE);
    int rest = in.readInt();
    List<LoadedModel> models = new ArrayList<>();
    while (rest > 0) {
      byte[] model = new byte[in.readInt()];
      in.readFully(model);
      models.add(LoadedModel.load(environment, model));
      rest -= Integer.BYTES + model.length;
    }
    return models;
  }

  private void answer(List<LoadedModel> models) throws IOException {
    expect(QUESTION);
    int size = in.readInt();
    LoadedModel model = models.get(in.readInt());
    byte[] inputs = new byte[size - Integer.BYTES];
    in.readFully(inputs);
    byte[] outputs;
    try {
      outputs = model.run(inputs);
    } catch (OrtException e) {
      if (isWantOfMemory(e)) {
        throw new IOException("no memory", e); // The platform's fault, so the process ends.
      }
      send(ANSWER, (byte) FAILED);
      return;
    }
    out.writeByte(ANSWER);
    out.writeInt(1 + outputs.length);
    out.writeByte(ANSWERED);
    out.write(outputs);
    out.flush();
  }

  private static boolean isWantOfMemory(OrtException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("alloc");
  }

  private void send(int kind, byte... body) throws IOException {
    out.writeByte(kind);
    out.writeInt(body.length);
    out.write(body);
    out.flush();
  }

  private void expect(int kind) throws IOException {
    int seen = in.readUnsignedByte();
    if (seen != kind) {
      throw new IOException("frame of kind %d where %d is due".formatted(seen, kind));
    }
  }
}
