package io.teex.executor.instrument;

import java.util.Optional;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/** Runs an instrumented module on an interpreter, with the meters set as an engine sets them. */
final class MeteredRun {
  private final Instance instance;
  private final long limit;
  private final Optional<Long> value;

  private MeteredRun(Instance instance, long limit, Optional<Long> value) {
    this.instance = instance;
    this.limit = limit;
    this.value = value;
  }

  /**
   * @param fuel limit for the run itself; what the instance costs comes on top
   */
  static MeteredRun run(Instrumented module, long fuel, String export, long... arguments) {
    return run(
        Instance.builder(Parser.parse(module.module().expose())).build(), fuel, export, arguments);
  }

  /** The same, compiled to byte code. */
  static MeteredRun compiled(byte[] metered, long fuel, String export, long... arguments) {
    WasmModule module = Parser.parse(metered);
    return run(
        Instance.builder(module).withMachineFactory(MachineFactoryCompiler.compile(module)).build(),
        fuel,
        export,
        arguments);
  }

  private static MeteredRun run(Instance instance, long fuel, String export, long... arguments) {
    instance.exports().global(Meters.FUEL).setValue(Long.MAX_VALUE);
    instance.export(Meters.START).apply();
    instance.exports().global(Meters.FUEL).setValue(fuel);
    return new MeteredRun(instance, fuel, CountingRun.apply(instance, export, arguments));
  }

  /** What the function returned, or nothing if it trapped. */
  Optional<Long> value() {
    return value;
  }

  long fuelUsed() {
    return limit - instance.exports().global(Meters.FUEL).getValue();
  }

  boolean isOutOfFuel() {
    return fuelUsed() > limit;
  }

  int reason() {
    return (int) instance.exports().global(Meters.REASON).getValue();
  }

  int stackLeft() {
    return (int) instance.exports().global(Meters.STACK).getValue();
  }
}
