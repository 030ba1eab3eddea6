package io.teex.bench;

import io.teex.bench.KernelProcess.Run;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
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

/** A metered kernel on Endive, compiled to byte code, on this JVM. */
final class EndiveKernel {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final WasmModule module;
  private final Function<Instance, Machine> machine;
  private final int turns;

  EndiveKernel(byte[] metered, int turns) {
    this.module = Parser.parse(metered);
    this.machine = MachineFactoryCompiler.compile(module);
    this.turns = turns;
  }

  Run run() {
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
