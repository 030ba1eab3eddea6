package io.teex.executor.instrument;

import static io.teex.executor.instrument.WasmInput.malformed;

import io.teex.executor.instrument.WasmModule.Export;
import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.executor.instrument.WasmModule.GlobalType;
import io.teex.executor.instrument.WasmModule.Import;
import io.teex.executor.instrument.WasmModule.Limits;
import io.teex.executor.instrument.WasmModule.Range;
import io.teex.executor.instrument.WasmModule.Table;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the structure of a module in one pass that allocates nothing before it has seen the bytes
 * for it, and refuses everything outside of the accepted subset of WebAssembly 2.0. It does not
 * check types: {@link ImageCheck} lets a full validator do that afterwards, on a module that is
 * then known to be of bounded size.
 *
 * @see <a href="https://www.w3.org/TR/wasm-core-2/#modules%E2%91%A0%E2%93%AA">Binary format</a>
 */
final class ModuleReader {
  /** Section ids in the order in which they must stand. */
  private static final List<Integer> ORDER =
      List.of(
          WasmModule.SECTION_TYPE,
          WasmModule.SECTION_IMPORT,
          WasmModule.SECTION_FUNCTION,
          WasmModule.SECTION_TABLE,
          WasmModule.SECTION_MEMORY,
          WasmModule.SECTION_GLOBAL,
          WasmModule.SECTION_EXPORT,
          WasmModule.SECTION_START,
          WasmModule.SECTION_ELEMENT,
          WasmModule.SECTION_DATA_COUNT,
          WasmModule.SECTION_CODE,
          WasmModule.SECTION_DATA);

  private final byte[] bytes;
  private final ImageLimits limits;
  private final List<FunctionType> types = new ArrayList<>();
  private final List<Import> imports = new ArrayList<>();
  private final List<Integer> functions = new ArrayList<>();
  private final List<Table> tables = new ArrayList<>();
  private final List<Limits> memories = new ArrayList<>();
  private final List<GlobalType> globals = new ArrayList<>();
  private final List<Export> exports = new ArrayList<>();
  private final Map<Integer, Range> sections = new HashMap<>();
  private final List<Range> bodies = new ArrayList<>();
  private int start = -1;
  private long activeDataBytes;
  private long elements;

  private ModuleReader(byte[] bytes, ImageLimits limits) {
    this.bytes = bytes;
    this.limits = limits;
  }

  /**
   * @throws TeexException {@code INVALID_MODULE} or {@code FORBIDDEN_IMPORT}, saying what was seen
   */
  static WasmModule read(byte[] bytes, ImageLimits limits) {
    return new ModuleReader(bytes, limits).read();
  }

  private WasmModule read() {
    if (bytes.length > limits.moduleBytes()) {
      throw malformed(
          "%d bytes, at most %d are allowed".formatted(bytes.length, limits.moduleBytes()));
    }
    WasmInput in = new WasmInput(bytes, 0, bytes.length);
    requireHeader(in);
    int last = -1;
    while (in.hasMore()) {
      int id = in.u8();
      WasmInput section = in.slice(in.u32());
      if (id == WasmModule.SECTION_CUSTOM) {
        readCustom(section);
        continue;
      }
      int order = ORDER.indexOf(id);
      if (order < 0) {
        throw malformed(
            "section %d belongs to no accepted feature (exceptions, threads and later proposals"
                    .formatted(id)
                + " are not accepted)");
      }
      if (order <= last) {
        throw malformed("section %d is repeated or out of order".formatted(id));
      }
      last = order;
      sections.put(id, new Range(section.position(), section.end()));
      readSection(id, section);
      if (section.hasMore()) {
        throw malformed("section %d has bytes left over".formatted(id));
      }
    }
    int defined = functions.size() - imports.size();
    if (defined != bodies.size()) {
      throw malformed("%d functions declared, %d bodies".formatted(defined, bodies.size()));
    }
    return new WasmModule(
        bytes,
        List.copyOf(types),
        List.copyOf(imports),
        List.copyOf(functions),
        List.copyOf(tables),
        List.copyOf(memories),
        List.copyOf(globals),
        List.copyOf(exports),
        start,
        Map.copyOf(sections),
        List.copyOf(bodies),
        activeDataBytes,
        elements);
  }

  private static void requireHeader(WasmInput in) {
    int[] header = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00};
    for (int expected : header) {
      if (!in.hasMore() || in.u8() != expected) {
        throw malformed("does not begin with the header of a WebAssembly 1 or 2 core module");
      }
    }
  }

  /** Custom sections mean nothing and are dropped, but for the arguments of a command. */
  private void readCustom(WasmInput in) {
    Range content = new Range(in.position(), in.end());
    if (in.name(limits.nameBytes()).equals(CommandArguments.SECTION)) {
      CommandArguments.require(bytes, in.position(), in.end());
      if (sections.put(WasmModule.SECTION_CUSTOM, content) != null) {
        throw malformed("two sections %s".formatted(CommandArguments.SECTION));
      }
    }
  }

  private void readSection(int id, WasmInput in) {
    switch (id) {
      case WasmModule.SECTION_TYPE -> readTypes(in);
      case WasmModule.SECTION_IMPORT -> readImports(in);
      case WasmModule.SECTION_FUNCTION -> readFunctions(in);
      case WasmModule.SECTION_TABLE -> readTables(in);
      case WasmModule.SECTION_MEMORY -> readMemories(in);
      case WasmModule.SECTION_GLOBAL -> readGlobals(in);
      case WasmModule.SECTION_EXPORT -> readExports(in);
      case WasmModule.SECTION_START -> start = (int) in.u32();
      case WasmModule.SECTION_ELEMENT -> readElements(in);
      case WasmModule.SECTION_DATA_COUNT -> in.u32();
      case WasmModule.SECTION_CODE -> readBodies(in);
      case WasmModule.SECTION_DATA -> readData(in);
      default -> throw new IllegalStateException("section " + id);
    }
  }

  private void readTypes(WasmInput in) {
    int count = in.count("types", limits.types());
    for (int i = 0; i < count; i++) {
      int form = in.u8();
      if (form != 0x60) {
        throw malformed("type %d has form 0x%x, only functions are accepted".formatted(i, form));
      }
      types.add(
          new FunctionType(
              readValueTypes(in, "parameters", limits.parameters()),
              readValueTypes(in, "results", limits.results())));
    }
  }

  private static Bytes readValueTypes(WasmInput in, String what, int max) {
    byte[] codes = new byte[in.count(what, max)];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = readValueType(in);
    }
    return Bytes.of(codes);
  }

  static byte readValueType(WasmInput in) {
    byte code = (byte) in.u8();
    return switch (code) {
      case WasmModule.I32, WasmModule.I64, WasmModule.F32, WasmModule.F64, WasmModule.V128 -> code;
      case WasmModule.FUNCREF, WasmModule.EXTERNREF -> code;
      default -> throw malformed("value type 0x%02x is not accepted".formatted(code));
    };
  }

  static byte readReferenceType(WasmInput in) {
    byte code = readValueType(in);
    if (code != WasmModule.FUNCREF && code != WasmModule.EXTERNREF) {
      throw malformed("value type 0x%02x where a reference type must stand".formatted(code));
    }
    return code;
  }

  private void readImports(WasmInput in) {
    int count = in.count("imports", limits.imports());
    for (int i = 0; i < count; i++) {
      String module = in.name(limits.nameBytes());
      String name = in.name(limits.nameBytes());
      int kind = in.u8();
      if (kind != WasmModule.KIND_FUNCTION) {
        String what =
            switch (kind) {
              case WasmModule.KIND_TABLE -> "table";
              case WasmModule.KIND_MEMORY -> "memory";
              case WasmModule.KIND_GLOBAL -> "global";
              default -> "thing of kind " + kind;
            };
        throw new TeexException(
            ErrorCode.FORBIDDEN_IMPORT,
            "the module imports the %s %s.%s; only functions may be imported"
                .formatted(what, module, name));
      }
      imports.add(new Import(module, name, requireType(in.u32())));
      functions.add(imports.getLast().type());
    }
  }

  private int requireType(long index) {
    if (index >= types.size()) {
      throw malformed("type %d of %d".formatted(index, types.size()));
    }
    return (int) index;
  }

  private void readFunctions(WasmInput in) {
    int count = in.count("functions", limits.functions() - imports.size());
    for (int i = 0; i < count; i++) {
      functions.add(requireType(in.u32()));
    }
  }

  private void readTables(WasmInput in) {
    int count = in.count("tables", limits.tables());
    for (int i = 0; i < count; i++) {
      byte type = readReferenceType(in);
      Limits size = readLimits(in, "table");
      if (size.min() > limits.tableElements()) {
        throw malformed(
            "a table of %d elements, at most %d are allowed"
                .formatted(size.min(), limits.tableElements()));
      }
      tables.add(new Table(type, size));
    }
  }

  private static Limits readLimits(WasmInput in, String what) {
    int flags = in.u8();
    if (flags > 1) {
      throw malformed(
          "a %s with flags 0x%x: shared and 64-bit ones are not accepted".formatted(what, flags));
    }
    long min = in.u32();
    return new Limits(min, flags == 1 ? in.u32() : -1);
  }

  private void readMemories(WasmInput in) {
    int count = in.count("memories", 1);
    for (int i = 0; i < count; i++) {
      Limits size = readLimits(in, "memory");
      if (size.min() > limits.memoryPages()) {
        throw malformed(
            "a memory of %d pages, at most %d are allowed"
                .formatted(size.min(), limits.memoryPages()));
      }
      memories.add(size);
    }
  }

  private void readGlobals(WasmInput in) {
    int count = in.count("globals", limits.globals());
    for (int i = 0; i < count; i++) {
      byte type = readValueType(in);
      int mutable = in.u8();
      if (mutable > 1) {
        throw malformed("global %d has mutability %d".formatted(i, mutable));
      }
      readConstant(in);
      globals.add(new GlobalType(type, mutable == 1));
    }
  }

  /** One constant instruction and {@code end}; there is no imported global to be read. */
  static void readConstant(WasmInput in) {
    int opcode = in.u8();
    switch (opcode) {
      case Opcodes.I32_CONST -> in.signed(32);
      case Opcodes.I64_CONST -> in.signed(64);
      case 0x43 -> in.skip(4);
      case 0x44 -> in.skip(8);
      case 0xd0 -> readReferenceType(in);
      case 0xd2 -> in.u32();
      case 0xfd -> {
        if (in.u32() != Opcodes.V128_CONST - Opcodes.VECTOR) {
          throw malformed("an initialiser that is not one constant");
        }
        in.skip(16);
      }
      default ->
          throw malformed(
              "an initialiser with instruction 0x%02x, only one constant is accepted"
                  .formatted(opcode));
    }
    if (in.u8() != Opcodes.END) {
      throw malformed("an initialiser of more than one constant");
    }
  }

  private void readExports(WasmInput in) {
    int count = in.count("exports", limits.exports());
    for (int i = 0; i < count; i++) {
      String name = in.name(limits.nameBytes());
      int kind = in.u8();
      if (kind > WasmModule.KIND_GLOBAL) {
        throw malformed("an export of kind " + kind);
      }
      exports.add(new Export(name, kind, in.count("as an export's index", Integer.MAX_VALUE)));
    }
  }

  private void readElements(WasmInput in) {
    int count = in.count("element segments", limits.segments());
    for (int i = 0; i < count; i++) {
      int flags = in.count("as flags of an element segment", 7);
      boolean active = (flags & 1) == 0;
      boolean explicit = (flags & 2) != 0;
      boolean expressions = (flags & 4) != 0;
      if (active) {
        if (explicit) {
          in.u32();
        }
        readConstant(in);
      }
      if (!active || explicit) {
        if (expressions) {
          readReferenceType(in);
        } else if (in.u8() != 0) {
          throw malformed("an element segment of unknown kind");
        }
      }
      int size = in.count("elements", limits.tableElements());
      for (int k = 0; k < size; k++) {
        if (expressions) {
          readConstant(in);
        } else {
          in.u32();
        }
      }
      elements += size;
      if (elements > limits.tableElements()) {
        throw malformed(
            "element segments of more than %d elements".formatted(limits.tableElements()));
      }
    }
  }

  private void readBodies(WasmInput in) {
    int count = in.count("function bodies", limits.functions());
    if (count != functions.size() - imports.size()) {
      throw malformed(
          "%d functions declared, %d bodies".formatted(functions.size() - imports.size(), count));
    }
    for (int i = 0; i < count; i++) {
      int size = in.count("bytes of a function", limits.functionBytes());
      WasmInput body = in.slice(size);
      bodies.add(new Range(body.position(), body.end()));
    }
  }

  private void readData(WasmInput in) {
    int count = in.count("data segments", limits.segments());
    for (int i = 0; i < count; i++) {
      int mode = in.count("as mode of a data segment", 2);
      if (mode == 2 && in.u32() != 0) {
        throw malformed("a data segment for a second memory");
      }
      if (mode != 1) {
        readConstant(in);
      }
      long size = in.u32();
      in.skip(size);
      if (mode != 1) {
        activeDataBytes += size;
      }
    }
  }
}
