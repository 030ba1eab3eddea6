package io.teex.executor.instrument;

import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ImportFunction;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;

/**
 * Replays lines of {@code core-suite-lines.js} on Endive, with each module as it is and metered.
 */
final class CoreSuiteReplay {
  private static final InstrumentOptions OPTIONS = new InstrumentOptions(65_536, 8 << 20);
  private static final long F32_NAN = 0x7fc0_0000L;
  private static final long F64_NAN = 0x7ff8_0000_0000_0000L;

  private final Path suite;
  private final HostInterface allowed;
  private final List<String> differences = new ArrayList<>();
  private @Nullable Instance plain;
  private @Nullable Instance metered;
  private String file = "";
  private int compared;
  private int modules;
  private int cannotRun;

  CoreSuiteReplay(Path suite, HostInterface allowed) {
    this.suite = suite;
    this.allowed = allowed;
  }

  List<String> differences() {
    return differences;
  }

  int compared() {
    return compared;
  }

  String counts() {
    return "%d modules, %d that it cannot run, %d calls compared"
        .formatted(modules, cannotRun, compared);
  }

  void step(String line) {
    String[] words = line.split(" ");
    if (words[0].equals("module")) {
      open(words[1]);
    } else if (plain != null && metered != null) {
      long[] arguments =
          Arrays.stream(words, 2, words.length - 2)
              .mapToLong(each -> new BigInteger(each).longValue())
              .toArray();
      compare(plain, metered, words[1], arguments, words[words.length - 1].equals("1"));
    }
  }

  private void open(String name) {
    file = name;
    plain = null;
    metered = null;
    try {
      byte[] wasm = Files.readAllBytes(suite.resolve(name));
      byte[] instrumented =
          Instrumenter.instrument(ImageCheck.readAny(wasm, allowed), OPTIONS).module().expose();
      plain = instance(wasm);
      metered = instance(instrumented);
      refuel(metered);
      metered.export(Meters.START).apply();
      modules++;
    } catch (TeexException refused) {
      plain = null; // Imports from other modules; the other test sees to it that it is that.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException | StackOverflowError e) {
      plain = null;
      cannotRun++;
    }
  }

  private static Instance instance(byte[] wasm) {
    WasmModule module = Parser.parse(wasm);
    ImportValues.Builder imports = ImportValues.builder();
    for (int i = 0; i < module.importSection().importCount(); i++) {
      if (module.importSection().getImport(i) instanceof FunctionImport each) {
        FunctionType type = module.typeSection().getType(each.typeIndex());
        long answer = each.name().startsWith("ef") ? each.name().charAt(2) - '0' : 0;
        long[] results = type.returns().isEmpty() ? new long[0] : new long[] {answer};
        imports.addFunction(
            new ImportFunction(each.module(), each.name(), type, (_, _) -> results.clone()));
      }
    }
    return Instance.builder(module).withImportValues(imports.build()).build();
  }

  private static void refuel(Instance instance) {
    instance.exports().global(Meters.FUEL).setValue(1L << 40);
    instance.exports().global(Meters.STACK).setValue(OPTIONS.stackBytesMax());
  }

  private void compare(
      Instance before, Instance after, String export, long[] arguments, boolean nanIsOpen) {
    refuel(after);
    String expected = call(before, export, arguments);
    String seen = call(after, export, arguments);
    compared++;
    boolean same = nanIsOpen ? isCanonical(seen) : expected.equals(seen);
    if (!same) {
      differences.add(
          "%s %s%s: %s, metered %s"
              .formatted(file, export, Arrays.toString(arguments), expected, seen));
    }
  }

  private static boolean isCanonical(String seen) {
    return Stream.of(F32_NAN, F32_NAN | 1L << 31, F64_NAN, F64_NAN | Long.MIN_VALUE)
        .anyMatch(each -> seen.equals("[" + each + "]"));
  }

  private static String call(Instance instance, String export, long[] arguments) {
    try {
      return Arrays.toString(instance.export(export).apply(arguments));
    } catch (RuntimeException | StackOverflowError e) {
      return "trap";
    }
  }
}
