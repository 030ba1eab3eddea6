package io.teex.executor.endive;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.CustomSection;
import run.endive.wasm.types.UnknownCustomSection;

/**
 * The arguments of a command: those that its image brings, or its name alone.
 *
 * @param text all of them, a zero byte behind each
 * @param starts where each begins
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared, and only passed on.
record Arguments(byte[] text, List<Integer> starts) {
  private static final String SECTION = "teex.args";
  private static final byte[] NAME = "service\0".getBytes(StandardCharsets.US_ASCII);

  static Arguments of(WasmModule module) {
    CustomSection section = module.customSection(SECTION);
    byte[] text = section instanceof UnknownCustomSection brought ? brought.bytes() : NAME;
    List<Integer> starts = new ArrayList<>();
    int begin = 0;
    for (int at = 0; at < text.length; at++) {
      if (text[at] == 0) {
        starts.add(begin);
        begin = at + 1;
      }
    }
    return new Arguments(text, List.copyOf(starts));
  }

  int count() {
    return starts.size();
  }

  int start(int argument) {
    return starts.get(argument);
  }
}
