package io.teex.executor;

import io.teex.executor.endive.EndiveProcess;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
  private final Path home;
  private final Path java;
  private final List<Path> classPath;

  /**
   * @throws TeexException {@code DEPENDENCY_MISSING} if this JVM has no launcher beside it
   */
  EndiveEngine(ExecutorConfig config) {
    this.config = config;
    Path runtime = Path.of(System.getProperty("java.home"));
    try {
      this.home = runtime.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.java = home.resolve("bin/java");
    if (!Files.isExecutable(java)) {
      throw new TeexException(
          ErrorCode.DEPENDENCY_MISSING,
          "the engine Endive needs the Java launcher of this runtime, there is no %s: run the "
                  .formatted(java)
              + "worker on a whole Java runtime, or set engine=v8");
    }
    Set<Path> found = new LinkedHashSet<>();
    PARTS.forEach(part -> found.add(origin(part)));
    this.classPath = List.copyOf(found);
  }

  private static Path origin(Class<?> part) {
    CodeSource source = part.getProtectionDomain().getCodeSource();
    try {
      return Path.of(source.getLocation().toURI()).toRealPath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("no path: " + source.getLocation(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Path> programs() {
    return List.of(java);
  }

  @Override
  public List<File> files() {
    List<File> files = new ArrayList<>();
    Stream.of(java, home.resolve("lib/server/libjvm.so"))
        .flatMap(binary -> Programs.librariesOf(binary).stream())
        .filter(library -> !library.startsWith(home))
        .distinct()
        .forEach(library -> files.add(File.same(library)));
    files.add(File.same(home));
    classPath.forEach(part -> files.add(File.same(part)));
    return files;
  }

  /** The launcher finds its libraries beside itself through /proc, which is not there. */
  @Override
  public Map<String, String> environment() {
    return Map.of("LD_LIBRARY_PATH", home.resolve("lib").toString());
  }

  @Override
  public List<String> command() {
    return List.of(
        java.toString(),
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
        classPath.stream().map(Path::toString).collect(Collectors.joining(":")),
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
