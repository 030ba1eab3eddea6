package io.teex.executor.instrument;

import java.util.List;

/**
 * What an accepted image is, as far as its provider may be told.
 *
 * @param bytes of the module
 * @param functions that it defines
 * @param memoryPagesMin pages of 64 KiB that every instance has from the start
 * @param imports as {@code module.name}, in the order of the module
 */
public record ImageReport(int bytes, int functions, int memoryPagesMin, List<String> imports) {
  public ImageReport {
    imports = List.copyOf(imports);
  }
}
