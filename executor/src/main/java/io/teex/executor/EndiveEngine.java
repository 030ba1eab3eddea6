package io.teex.executor;

import io.teex.executor.endive.EndiveProcess;
import io.teex.protocol.TeexException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.commons.InstructionAdapter;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.util.CheckClassAdapter;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.Instance;
import run.endive.wasm.WasmModule;

/** Endive in a JVM of the version that the worker itself runs on. */
final class EndiveEngine implements Engine {
  private static final List<Class<?>> PARTS =
      List.of(
          EndiveProcess.class,
          WasmModule.class,
          Instance.class,
          MachineFactoryCompiler.class,
          ClassVisitor.class,
          InstructionAdapter.class,
          ClassNode.class,
          Analyzer.class,
          CheckClassAdapter.class);

  private final ExecutorConfig config;
  private final JavaProgram jvm;

  /**
   * @throws TeexException {@code DEPENDENCY_MISSING} if this JVM has no launcher beside it
   */
  EndiveEngine(ExecutorConfig config) {
    this.config = config;
    this.jvm = JavaProgram.require("the engine Endive", PARTS);
  }

  @Override
  public List<Path> programs() {
    return List.of(jvm.java());
  }

  @Override
  public List<File> files() {
    return jvm.files();
  }

  @Override
  public Map<String, String> environment() {
    return jvm.environment();
  }

  @Override
  public List<String> command() {
    return List.of(
        jvm.java().toString(),
        "-Xmx" + (config.processBytesMax() >> 20) * 3 / 4 + "m",
        "-Xms8m",
        "-XX:MinHeapFreeRatio=10",
        "-XX:MaxHeapFreeRatio=20",
        "-XX:+UseSerialGC",
        // A guest's functions are often larger than what is compiled by default.
        "-XX:-DontCompileHugeMethods",
        "-Xshare:auto",
        "-XX:-UsePerfData",
        "-XX:+DisableAttachMechanism",
        "-XX:-UseContainerSupport",
        "-XX:-UseSignalChaining",
        "-XX:+ExitOnOutOfMemoryError",
        "-Xlog:disable",
        "-Xrs",
        "-cp",
        jvm.classPath(),
        EndiveProcess.class.getName());
  }

  @Override
  public List<String> openCommand() {
    return command();
  }

  @Override
  public SeccompFilter systemCalls() {
    return SeccompFilter.ENGINE;
  }
}
