package io.teex.bench;

import io.teex.bench.KernelProcess.Run;
import io.teex.market.Installation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.ExternalType;
import run.endive.wasm.types.FunctionImport;

/**
 * A metered kernel on Endive, compiled to byte code: a process of its own, since it takes a JVM
 * that also compiles large methods. Speaks as {@link KernelProcess} expects.
 */
final class EndiveKernel {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final WasmModule module;
  private final Function<Instance, Machine> machine;
  private final int turns;

  private EndiveKernel(byte[] metered, int turns) {
    this.module = Parser.parse(metered);
    this.machine = MachineFactoryCompiler.compile(module);
    this.turns = turns;
  }

  static KernelProcess start(Path metered, int turns, Path directory) throws IOException {
    List<String> command =
        List.of(
            Installation.java().toString(),
            "-XX:+UseSerialGC",
            "-XX:-DontCompileHugeMethods",
            "-Xss16m",
            "-cp",
            System.getProperty("java.class.path"),
            EndiveKernel.class.getName(),
            metered.toString(),
            Integer.toString(turns));
    return KernelProcess.start(command, directory);
  }

  public static void main(String[] args) throws IOException {
    EndiveKernel kernel =
        new EndiveKernel(Files.readAllBytes(Path.of(args[0])), Integer.parseInt(args[1]));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    while (lines.readLine() != null) {
      Run run = kernel.run();
      System.out.println(run.sum() + " " + run.seconds());
    }
  }

  private Run run() {
    Instance instance =
        Instance.builder(module).withImportValues(imports()).withMachineFactory(machine).build();
    instance.exports().global("teex:fuel").setValue(1L << 43);
    instance.export("teex:start").apply();
    instance.export("_start").apply();
    long before = THREADS.getCurrentThreadCpuTime();
    long sum = instance.export("kernel").apply(turns)[0];
    return new Run(sum & 0xffff_ffffL, (THREADS.getCurrentThreadCpuTime() - before) / 1e9);
  }

  /** What the kernels' library might write to; no kernel does. */
  private ImportValues imports() {
    ImportValues.Builder imports = ImportValues.builder();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      if (module.importSection().getImport(i) instanceof FunctionImport function
          && function.importType() == ExternalType.FUNCTION) {
        imports.addFunction(
            new ImportFunction(
                function.module(),
                function.name(),
                module.typeSection().getType(function.typeIndex()),
                (_, _) -> new long[] {52}));
      }
    }
    return imports.build();
  }
}
