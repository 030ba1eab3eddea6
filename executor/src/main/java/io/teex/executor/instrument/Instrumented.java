package io.teex.executor.instrument;

import io.teex.executor.inference.Model;
import io.teex.protocol.Bytes32;
import io.teex.protocol.SecretBytes;
import java.util.List;

/**
 * A module ready for an engine, and the models that its image brings. It is as secret as the image
 * it was made of.
 *
 * @param module the binary, with the exports of {@link Meters}
 * @param costTable digest of the cost table and instrumenter version
 * @param memoryPagesMin pages of 64 KiB that every instance has from the start
 * @param options what it was instrumented with
 * @param models in the order of the image; guests call them by their index
 */
public record Instrumented(
    SecretBytes module,
    Bytes32 costTable,
    int memoryPagesMin,
    InstrumentOptions options,
    List<Model> models) {
  public Instrumented {
    models = List.copyOf(models);
  }

  public Instrumented with(List<Model> brought) {
    return new Instrumented(module, costTable, memoryPagesMin, options, brought);
  }

  /** What it takes in memory, about. */
  public long bytes() {
    return module.size() + models.stream().mapToLong(each -> each.bytes().size()).sum();
  }
}
