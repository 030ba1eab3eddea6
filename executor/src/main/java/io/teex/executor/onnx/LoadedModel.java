package io.teex.executor.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One model as ONNX Runtime has it: one thread, one provider, one order of nodes, so that the same
 * processor gives the same bits each time.
 */
final class LoadedModel {
  private static final int WORD = Integer.BYTES;

  private final OrtEnvironment environment;
  private final @Nullable OrtSession session;

  private LoadedModel(OrtEnvironment environment, @Nullable OrtSession session) {
    this.environment = environment;
    this.session = session;
  }

  /** One that the runtime refuses fails at each run, whatever it is asked. */
  static LoadedModel load(OrtEnvironment environment, byte[] model) {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      options.setDeterministicCompute(true);
      options.addCPU(true);
      return new LoadedModel(environment, environment.createSession(model, options));
    } catch (OrtException e) {
      return new LoadedModel(environment, null);
    }
  }

  byte[] run(byte[] inputs) throws OrtException {
    OrtSession loaded = session;
    if (loaded == null) {
      throw new OrtException("the model was refused");
    }
    List<OnnxTensor> tensors = new ArrayList<>();
    try {
      Map<String, OnnxTensor> named = new LinkedHashMap<>();
      ByteBuffer in = ByteBuffer.allocateDirect(inputs.length).order(ByteOrder.LITTLE_ENDIAN);
      in.put(inputs).flip();
      for (String name : loaded.getInputNames()) {
        OnnxTensor tensor = read(in);
        tensors.add(tensor);
        named.put(name, tensor);
      }
      try (OrtSession.Result result = loaded.run(named)) {
        return write(result);
      }
    } finally {
      tensors.forEach(OnnxTensor::close);
    }
  }

  private OnnxTensor read(ByteBuffer in) throws OrtException {
    OnnxJavaType type = type(in.getInt());
    long[] shape = new long[in.getInt()];
    long bytes = type.size;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.getInt();
      bytes *= shape[i];
    }
    // The runtime takes whole words, so it gets a buffer that begins with one.
    ByteBuffer content = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    content.put(in.slice(in.position(), (int) bytes)).flip();
    in.position(in.position() + (int) bytes);
    return OnnxTensor.createTensor(environment, content, shape, type);
  }

  private static OnnxJavaType type(int code) throws OrtException {
    return switch (code) {
      case 1 -> OnnxJavaType.FLOAT;
      case 6 -> OnnxJavaType.INT32;
      case 7 -> OnnxJavaType.INT64;
      default -> throw new OrtException("elements of type " + code);
    };
  }

  private static int code(OnnxJavaType type) throws OrtException {
    return switch (type) {
      case FLOAT -> 1;
      case INT32 -> 6;
      case INT64 -> 7;
      default -> throw new OrtException("elements of type " + type);
    };
  }

  private static byte[] write(OrtSession.Result result) throws OrtException {
    List<ByteBuffer> parts = new ArrayList<>();
    int size = 0;
    for (Map.Entry<String, OnnxValue> each : result) {
      ByteBuffer part = write((OnnxTensor) each.getValue());
      parts.add(part);
      size += part.remaining();
    }
    ByteBuffer all = ByteBuffer.allocate(size);
    parts.forEach(all::put);
    return all.array();
  }

  private static ByteBuffer write(OnnxTensor tensor) throws OrtException {
    long[] shape = tensor.getInfo().getShape();
    ByteBuffer content = tensor.getByteBuffer();
    ByteBuffer out =
        ByteBuffer.allocate(WORD * (2 + shape.length) + content.remaining())
            .order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(code(tensor.getInfo().type)).putInt(shape.length);
    for (long each : shape) {
      out.putInt((int) each);
    }
    return out.put(content).flip();
  }
}
