package io.teex.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The peer of {@link InferenceBench}: the same runtime with the same model and settings in a
 * process of its own, without walls, pipes, guest or meters. Prints the median of its calls.
 */
public final class PlainInference {
  private PlainInference() {}

  /**
   * @param arguments tokens of one text, calls before measuring, calls measured
   */
  public static void main(String[] arguments) throws IOException, OrtException {
    int tokens = Integer.parseInt(arguments[0]);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    environment.setTelemetry(false);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      try (OrtSession session = environment.createSession(model(), options)) {
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
          run(environment, session, tokens);
        }
        long[] nanos = new long[Integer.parseInt(arguments[2])];
        for (int i = 0; i < nanos.length; i++) {
          nanos[i] = run(environment, session, tokens);
        }
        Arrays.sort(nanos);
        System.out.println(nanos[nanos.length / 2]);
      }
    }
  }

  private static long run(OrtEnvironment environment, OrtSession session, int tokens)
      throws OrtException {
    long begun = System.nanoTime();
    Map<String, OnnxTensor> inputs = new HashMap<>();
    for (String name : session.getInputNames()) {
      long[][] ones = new long[1][tokens];
      Arrays.fill(ones[0], 1);
      inputs.put(name, OnnxTensor.createTensor(environment, ones));
    }
    try (OrtSession.Result result = session.run(inputs)) {
      float[][][] _ = (float[][][]) result.get(0).getValue();
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
    return System.nanoTime() - begun;
  }

  static byte[] model() throws IOException {
    try (InputStream model = PlainInference.class.getResourceAsStream("/all-minilm-l6-v2-q.onnx")) {
      if (model == null) {
        throw new IOException("the class path has no all-minilm-l6-v2-q.onnx");
      }
      return model.readAllBytes();
    }
  }
}
