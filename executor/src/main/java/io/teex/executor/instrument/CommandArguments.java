package io.teex.executor.instrument;

/**
 * The arguments that an image brings for its own command, in the custom section {@value #SECTION}:
 * each ends with a zero byte, the first is the program's name. So a language's runtime and a script
 * for it are one image.
 */
final class CommandArguments {
  static final String SECTION = "teex.args";

  private static final int BYTES_MAX = 1 << 20;
  private static final int COUNT_MAX = 64;

  private CommandArguments() {}

  /**
   * @throws io.teex.protocol.TeexException {@code INVALID_MODULE}
   */
  static void require(byte[] bytes, int from, int to) {
    if (to - from > BYTES_MAX) {
      throw WasmInput.malformed(
          "%d bytes of arguments, at most %d are allowed".formatted(to - from, BYTES_MAX));
    }
    int count = 0;
    for (int at = from; at < to; at++) {
      if (bytes[at] == 0) {
        count++;
      }
    }
    if (count == 0 || count > COUNT_MAX || bytes[to - 1] != 0) {
      throw WasmInput.malformed(
          "%d arguments in section %s, expected 1 to %d, a zero byte behind each"
              .formatted(count, SECTION, COUNT_MAX));
    }
  }
}
