package io.teex.executor.instrument;

import io.teex.executor.instrument.WasmModule.FunctionType;
import io.teex.executor.instrument.WasmModule.Import;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The functions that a module may import, with their types: all that a guest can reach. */
final class HostInterface {
  static final String WASI = "wasi_snapshot_preview1";
  static final String TEEX = "teex";

  /**
   * WASI preview 1 without sockets and signals, and the module {@code teex}. Letters: {@code i} is
   * i32, {@code I} is i64; parameters, then results behind the colon.
   */
  static final HostInterface WASM_1 =
      new HostInterface()
          .allow(WASI, "ii:i", "args_get", "args_sizes_get", "environ_get", "environ_sizes_get")
          .allow(WASI, "ii:i", "clock_res_get", "random_get", "fd_renumber")
          .allow(WASI, "ii:i", "fd_fdstat_get", "fd_filestat_get", "fd_prestat_get", "fd_tell")
          .allow(WASI, "ii:i", "fd_fdstat_set_flags")
          .allow(WASI, "iIi:i", "clock_time_get")
          .allow(WASI, "i:i", "fd_close", "fd_datasync", "fd_sync")
          .allow(WASI, "iIIi:i", "fd_advise")
          .allow(WASI, "iII:i", "fd_allocate", "fd_fdstat_set_rights")
          .allow(WASI, "iI:i", "fd_filestat_set_size")
          .allow(WASI, "iIIi:i", "fd_filestat_set_times")
          .allow(WASI, "iiiIi:i", "fd_pread", "fd_pwrite", "fd_readdir")
          .allow(WASI, "iiii:i", "fd_read", "fd_write", "poll_oneoff")
          .allow(WASI, "iii:i", "fd_prestat_dir_name", "path_create_directory")
          .allow(WASI, "iii:i", "path_remove_directory", "path_unlink_file")
          .allow(WASI, "iIii:i", "fd_seek")
          .allow(WASI, "iiiii:i", "path_filestat_get", "path_symlink")
          .allow(WASI, "iiiiIIi:i", "path_filestat_set_times")
          .allow(WASI, "iiiiiii:i", "path_link")
          .allow(WASI, "iiiiiIIii:i", "path_open")
          .allow(WASI, "iiiiii:i", "path_readlink", "path_rename")
          .allow(WASI, "i:", "proc_exit")
          .allow(WASI, ":i", "sched_yield")
          .allow(TEEX, ":i", "dataset_count", "input_size")
          .allow(TEEX, "i:I", "dataset_size")
          .allow(TEEX, "iIii:i", "dataset_read")
          .allow(TEEX, "iii:i", "input_read")
          .allow(TEEX, "ii:i", "output_write", "log")
          .allow(TEEX, "iiiii:i", "infer");

  private final Map<String, Map<String, FunctionType>> functions = new TreeMap<>();

  /** An empty interface, to be filled by {@link #allow} before it is shared. */
  HostInterface() {}

  HostInterface allow(String module, String signature, String... names) {
    int colon = signature.indexOf(':');
    FunctionType type =
        new FunctionType(
            types(signature.substring(0, colon)), types(signature.substring(colon + 1)));
    for (String name : names) {
      functions.computeIfAbsent(module, added -> new TreeMap<>()).put(name, type);
    }
    return this;
  }

  private static Bytes types(String letters) {
    byte[] codes = new byte[letters.length()];
    for (int i = 0; i < codes.length; i++) {
      codes[i] =
          switch (letters.charAt(i)) {
            case 'i' -> WasmModule.I32;
            case 'I' -> WasmModule.I64;
            case 'f' -> WasmModule.F32;
            case 'F' -> WasmModule.F64;
            default -> throw new IllegalArgumentException("type letter in " + letters);
          };
    }
    return Bytes.of(codes);
  }

  /**
   * @throws TeexException {@code FORBIDDEN_IMPORT}, naming what was seen and what is allowed
   */
  void requireAllowed(WasmModule module) {
    for (Import each : module.imports()) {
      requireAllowed(each, module.types().get(each.type()));
    }
  }

  private void requireAllowed(Import seen, FunctionType type) {
    Map<String, FunctionType> ofModule = functions.get(seen.module());
    if (ofModule == null) {
      throw new TeexException(
          ErrorCode.FORBIDDEN_IMPORT,
          "the module imports %s.%s; imports are allowed from %s only"
              .formatted(seen.module(), seen.name(), String.join(" and ", functions.keySet())));
    }
    FunctionType expected = ofModule.get(seen.name());
    if (expected == null) {
      throw new TeexException(
          ErrorCode.FORBIDDEN_IMPORT,
          "the module imports %s.%s; allowed of %s are %s"
              .formatted(
                  seen.module(),
                  seen.name(),
                  seen.module(),
                  String.join(", ", new TreeSet<>(ofModule.keySet()))));
    }
    if (!expected.equals(type)) {
      throw new TeexException(
          ErrorCode.FORBIDDEN_IMPORT,
          "the module imports %s.%s with type %s; its type is %s"
              .formatted(seen.module(), seen.name(), type, expected));
    }
  }
}
