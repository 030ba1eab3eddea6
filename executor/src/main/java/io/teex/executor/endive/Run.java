package io.teex.executor.endive;

import io.teex.executor.instrument.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Machine;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;

/** One compiled image; runs each task in a fresh instance and says how it ended. */
final class Run {
  private static final byte[] NOTHING = {};

  /** How a task ended, as the worker is told. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, and only passed on.
  record End(int outcome, int detail, long fuelUsed, long memoryBytes, byte[] output) {}

  private final WasmModule module;
  private final Arguments arguments;
  private final Consumer<byte[]> log;
  private final Function<Instance, Machine> machines;

  /**
   * @param log what becomes of what services log
   */
  Run(byte[] image, Consumer<byte[]> log) {
    module = Parser.parse(image);
    arguments = Arguments.of(module);
    this.log = log;
    // Its interpreter was seen to take another path than all compilers on one random module in two
    // thousand: a function that is too large to be compiled ends the task, uncharged.
    machines =
        MachineFactoryCompiler.builder(module)
            .withInterpreterFallback(InterpreterFallback.FAIL)
            .compile();
  }

  End run(GuestTask task) {
    Guest guest = new Guest(task, log);
    Ending ending = ending(guest);
    // Blocks are charged without a check between two checks, so the end is one more check.
    if (guest.fuelLeft() < 0 && ending.outcome() != Ending.ENGINE_FAILURE) {
      ending = new Ending(Ending.OUT_OF_FUEL, 0);
    }
    long used = task.fuelLimit() - Math.max(0, guest.fuelLeft());
    return new End(
        ending.outcome(),
        ending.detail(),
        ending.outcome() == Ending.OUT_OF_FUEL ? task.fuelLimit() : used,
        guest.memoryBytes(),
        ending.outcome() == Ending.COMPLETED ? guest.output() : NOTHING);
  }

  private Ending ending(Guest guest) {
    try {
      Instance instance =
          Instance.builder(module)
              .withMachineFactory(machines)
              .withImportValues(imports(guest))
              .withStart(false)
              .build();
      guest.attach(instance);
      instance.exports().global(Meters.FUEL).setValue(guest.task().fuelLimit());
      instance.exports().global(Meters.PAGES).setValue(guest.task().memoryPages());
      instance.export(Meters.START).apply();
      instance.export("_start").apply();
      return new Ending(Ending.COMPLETED, 0);
    } catch (Ending ending) {
      return ending;
    } catch (WasmEngineException trap) {
      return ending(trap, guest.reason());
    } catch (StackOverflowError e) {
      // The call stack is metered well below the engine's, so this is a second line of defence.
      return new Ending(Ending.DEPTH_EXCEEDED, 0);
    }
  }

  private static Ending ending(WasmEngineException trap, int reason) {
    return switch (reason) {
      case Meters.REASON_NONE ->
          Traps.isDepth(trap)
              ? new Ending(Ending.DEPTH_EXCEEDED, 0)
              : new Ending(Ending.TRAP, Traps.code(trap));
      case Meters.REASON_FUEL -> new Ending(Ending.OUT_OF_FUEL, 0);
      case Meters.REASON_STACK -> new Ending(Ending.DEPTH_EXCEEDED, 0);
      case Meters.REASON_MEMORY -> new Ending(Ending.OUT_OF_MEMORY, 0);
      default -> new Ending(Ending.ENGINE_FAILURE, 0);
    };
  }

  private ImportValues imports(Guest guest) {
    Map<String, Map<String, HostCall>> modules =
        Map.of(
            "wasi_snapshot_preview1",
            WasiModule.of(guest, arguments),
            "teex",
            TeexModule.of(guest));
    List<ImportFunction> functions = new ArrayList<>();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      // The image check lets functions alone be imported, and only those that exist.
      FunctionImport wanted = (FunctionImport) module.importSection().getImport(i);
      FunctionType type = module.typeSection().getType(wanted.typeIndex());
      HostCall call = modules.getOrDefault(wanted.module(), Map.of()).get(wanted.name());
      if (call == null) {
        throw new IllegalStateException("no " + wanted.module() + "." + wanted.name());
      }
      functions.add(function(wanted, type, call));
    }
    return ImportValues.builder().withFunctions(functions).build();
  }

  private static HostFunction function(FunctionImport wanted, FunctionType type, HostCall call) {
    boolean answers = !type.returns().isEmpty();
    return new HostFunction(
        wanted.module(),
        wanted.name(),
        type,
        (instance, arguments) -> {
          long answer = call.call(arguments);
          return answers ? new long[] {answer} : new long[0];
        });
  }
}
