package io.teex.manager.testing;

import java.util.HexFormat;

/** WebAssembly modules in binary. */
public final class Modules {
  private static final String HEADER = "0061736d" + "01000000";
  private static final String TYPE_NOTHING_TO_NOTHING = "01" + "04" + "01" + "600000";
  private static final String EXPORT_START_AS_FUNCTION_0 =
      "07" + "0a" + "01" + "065f7374617274" + "0000";

  /** A command that does nothing: {@code (func (export "_start"))}. */
  public static final byte[] NO_OP =
      bytes(
          HEADER
              + TYPE_NOTHING_TO_NOTHING
              + "0302"
              + "0100"
              + EXPORT_START_AS_FUNCTION_0
              + "0a04"
              + "01"
              + "02"
              + "00"
              + "0b");

  /** A command that wants {@code env.system}. */
  public static final byte[] FORBIDDEN_IMPORT =
      bytes(
          HEADER
              + TYPE_NOTHING_TO_NOTHING
              + "020e"
              + "01"
              + "03656e76"
              + "0673797374656d"
              + "0000"
              + "0302"
              + "0100"
              + "070a"
              + "01"
              + "065f7374617274"
              + "0001"
              + "0a04"
              + "01"
              + "02"
              + "00"
              + "0b");

  private Modules() {}

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
