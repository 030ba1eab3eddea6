package io.teex.executor.instrument;

import io.teex.protocol.Bytes;
import java.util.List;
import java.util.Map;

/**
 * The structure of a module, with function bodies and initialisers left as ranges of the bytes that
 * it was read from.
 *
 * @param functions the type index of every function, imported ones first
 * @param start index of the start function, or -1
 * @param sections content of each section by id, for those that are carried over unread
 * @param activeDataBytes in all active data segments
 * @param elements in all active element segments
 */
@SuppressWarnings("ArrayRecordComponent") // Megabytes, shared on purpose; never compared.
record WasmModule(
    byte[] bytes,
    List<FunctionType> types,
    List<Import> imports,
    List<Integer> functions,
    List<Table> tables,
    List<Limits> memories,
    List<GlobalType> globals,
    List<Export> exports,
    int start,
    Map<Integer, Range> sections,
    List<Range> bodies,
    long activeDataBytes,
    long elements) {

  static final int SECTION_CUSTOM = 0;
  static final int SECTION_TYPE = 1;
  static final int SECTION_IMPORT = 2;
  static final int SECTION_FUNCTION = 3;
  static final int SECTION_TABLE = 4;
  static final int SECTION_MEMORY = 5;
  static final int SECTION_GLOBAL = 6;
  static final int SECTION_EXPORT = 7;
  static final int SECTION_START = 8;
  static final int SECTION_ELEMENT = 9;
  static final int SECTION_CODE = 10;
  static final int SECTION_DATA = 11;
  static final int SECTION_DATA_COUNT = 12;

  static final byte I32 = 0x7f;
  static final byte I64 = 0x7e;
  static final byte F32 = 0x7d;
  static final byte F64 = 0x7c;
  static final byte V128 = 0x7b;
  static final byte FUNCREF = 0x70;
  static final byte EXTERNREF = 0x6f;

  static final int KIND_FUNCTION = 0;
  static final int KIND_TABLE = 1;
  static final int KIND_MEMORY = 2;
  static final int KIND_GLOBAL = 3;

  /** A range of the module's bytes; {@code to} is exclusive. */
  record Range(int from, int to) {
    int size() {
      return to - from;
    }
  }

  /** Value types by their binary codes. */
  record FunctionType(Bytes parameters, Bytes results) {
    @Override
    public String toString() {
      return "(%s) → (%s)".formatted(names(parameters), names(results));
    }

    private static String names(Bytes types) {
      StringBuilder names = new StringBuilder();
      for (int i = 0; i < types.size(); i++) {
        names
            .append(i == 0 ? "" : " ")
            .append(
                switch (types.at(i)) {
                  case I32 -> "i32";
                  case I64 -> "i64";
                  case F32 -> "f32";
                  case F64 -> "f64";
                  case V128 -> "v128";
                  case FUNCREF -> "funcref";
                  default -> "externref";
                });
      }
      return names.toString();
    }
  }

  record Import(String module, String name, int type) {}

  /**
   * @param max inclusive, or -1 for none
   */
  record Limits(long min, long max) {}

  record Table(byte elementType, Limits limits) {}

  record GlobalType(byte type, boolean mutable) {}

  record Export(String name, int kind, int index) {}

  FunctionType typeOf(int function) {
    return types.get(functions.get(function));
  }
}
