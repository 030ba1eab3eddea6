package io.teex.executor.instrument;

import static io.teex.executor.instrument.ModuleBuilder.module;
import static io.teex.executor.instrument.ModuleBuilder.vector;
import static org.assertj.core.api.Assertions.assertThat;

import io.teex.protocol.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The meter of the call stack ends a recursion before any engine's own stack does. */
final class StackDepthTest {
  private static final long PLENTY = 1L << 40;

  /** Endive's interpreter takes much more of its thread's stack than is metered. */
  private static final long INTERPRETER_STACK_BYTES = 1L << 29;

  @TempDir Path directory;

  /** {@code run(a, b)} calls itself for ever, with so many locals. */
  private static byte[] endless(int locals) {
    Bytes two = Bytes.of(WasmModule.I32, WasmModule.I32);
    WasmOutput body = new WasmOutput(32).u32(1).u32(locals).u8(WasmModule.V128);
    body.u8(Opcodes.LOCAL_GET).u32(0).u8(Opcodes.LOCAL_GET).u32(1);
    body.u8(Opcodes.CALL).u32(0).u8(Opcodes.END);
    return module()
        .types(new WasmOutput(8).u8(0x60).types(two).types(Bytes.of(WasmModule.I32)))
        .section(3, vector(new WasmOutput(1).u32(0)))
        .section(7, vector(new WasmOutput(16).name("run").u8(0).u32(0)))
        .section(10, vector(new WasmOutput(32).sized(body)))
        .bytes();
  }

  @Test
  void endsEndlessRecursionAtTheSameDepthOnEveryEngine() throws Exception {
    StringBuilder runs = new StringBuilder();
    for (int locals : new int[] {0, 1, 50, 10_000}) {
      Instrumented metered =
          Instrumenter.instrument(
              ImageCheck.readAny(endless(locals), new HostInterface()), InstrumentOptions.DEFAULT);
      MeteredRun run = onLargeStack(metered);

      assertThat(run.value()).isEmpty();
      assertThat(run.reason()).as("%d locals", locals).isEqualTo(Meters.REASON_STACK);
      Path file = directory.resolve(locals + ".wasm");
      Files.write(file, metered.module().expose());
      runs.append("%s %d 3 5 trap %d %d\n".formatted(file, PLENTY, run.fuelUsed(), run.reason()));
    }

    assertThat(Node.run("engines-agree.js", runs.toString())).isEqualTo("same 4\n");
  }

  private static MeteredRun onLargeStack(Instrumented metered) throws Exception {
    CompletableFuture<MeteredRun> done = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                done.complete(MeteredRun.run(metered, PLENTY, "run", 3, 5));
              } catch (RuntimeException | StackOverflowError e) {
                done.completeExceptionally(e);
              }
            },
            "large stack",
            INTERPRETER_STACK_BYTES);
    thread.start();
    thread.join();
    return done.get();
  }
}
