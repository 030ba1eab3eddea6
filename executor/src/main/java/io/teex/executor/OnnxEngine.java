package io.teex.executor;

import ai.onnxruntime.OrtEnvironment;
import io.teex.executor.onnx.OnnxProcess;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * ONNX Runtime in a JVM behind the walls that engines have. The worker writes its libraries out,
 * because nothing can be written inside; it never loads them itself.
 */
final class OnnxEngine implements Engine {
  private static final Path INSIDE = Path.of("/native");

  /** A name that nobody installs under: what is mounted there would be hidden. */
  static final Path SCRATCH = Path.of("/teex-scratch");

  /**
   * Without it the runtime tells its maker about its use; behind the walls it would crash when it
   * looks for a shell to ask who it is.
   */
  private static final String SILENT = "ORT_DISABLE_TELEMETRY";

  private static final List<String> LIBRARIES =
      List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");

  private final ExecutorConfig config;
  private final JavaProgram jvm;
  private final List<Path> libraries = new ArrayList<>();

  /**
   * @throws TeexException {@code DEPENDENCY_MISSING}
   */
  OnnxEngine(ExecutorConfig config, WorkDirectory directory) {
    this.config = config;
    this.jvm = JavaProgram.require("inference", List.of(OnnxProcess.class, OrtEnvironment.class));
    LIBRARIES.forEach(name -> libraries.add(write(name, directory)));
  }

  private static Path write(String name, WorkDirectory directory) {
    String resource = "/ai/onnxruntime/native/linux-x64/" + name;
    try (InputStream library = OnnxEngine.class.getResourceAsStream(resource)) {
      if (library == null) {
        throw new TeexException(
            ErrorCode.DEPENDENCY_MISSING,
            "the class path has no %s: install TEEX with onnxruntime".formatted(resource));
      }
      return directory.copy(name, library);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource, e);
    }
  }

  @Override
  public List<Path> programs() {
    return List.of(jvm.java());
  }

  @Override
  public List<File> files() {
    List<File> files = new ArrayList<>(jvm.files(libraries.toArray(Path[]::new)));
    libraries.forEach(each -> files.add(new File(each, INSIDE.resolve(each.getFileName()))));
    return files;
  }

  @Override
  public Optional<Path> scratch() {
    return Optional.of(SCRATCH);
  }

  @Override
  public Map<String, String> environment() {
    Map<String, String> environment = new TreeMap<>(jvm.environment());
    environment.put(SILENT, "1");
    return environment;
  }

  @Override
  public List<String> command() {
    return command(INSIDE, SCRATCH.toString());
  }

  @Override
  public List<String> openCommand() {
    List<String> command = new ArrayList<>(List.of("/usr/bin/env", SILENT + "=1"));
    command.addAll(
        command(libraries.getFirst().resolveSibling(""), System.getProperty("java.io.tmpdir")));
    return List.copyOf(command);
  }

  private List<String> command(Path natives, String temporary) {
    return List.of(
        jvm.java().toString(),
        "-Xmx" + (config.processBytesMax() >> 20) / 4 + "m",
        "-Xms8m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-XX:-UsePerfData",
        "-XX:+DisableAttachMechanism",
        "-XX:-UseContainerSupport",
        "-XX:+ExitOnOutOfMemoryError",
        "-Xlog:disable",
        "-Xrs",
        "--enable-native-access=ALL-UNNAMED",
        "-Donnxruntime.native.path=" + natives,
        "-Djava.io.tmpdir=" + temporary,
        // Java names the scratch directory by chance, and without /dev/urandom gathers it for 8 s.
        // Nothing else in there asks for chance, so what it gets need not be any.
        "-Djava.security.egd=file:" + natives.resolve(LIBRARIES.getFirst()),
        "-cp",
        jvm.classPath(),
        OnnxProcess.class.getName());
  }

  @Override
  public SeccompFilter systemCalls() {
    return SeccompFilter.INFERENCE;
  }
}
