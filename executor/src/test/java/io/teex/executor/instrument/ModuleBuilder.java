package io.teex.executor.instrument;

import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Builds small modules by hand, sound ones and others, so that a test shows only its own part. */
final class ModuleBuilder {
  private final WasmOutput out =
      new WasmOutput(256).raw(new byte[] {0, 0x61, 0x73, 0x6d, 1, 0, 0, 0});

  static ModuleBuilder module() {
    return new ModuleBuilder();
  }

  /** A WASI command whose {@code _start} has this body (without its locals and its end). */
  static ModuleBuilder command(int... body) {
    return module()
        .types(new WasmOutput(8).u8(0x60).types(Bytes.EMPTY).types(Bytes.EMPTY))
        .section(3, vector(new WasmOutput(1).u32(0)))
        .section(7, vector(new WasmOutput(16).name("_start").u8(0).u32(0)))
        .section(10, vector(new WasmOutput(64).sized(body(body))));
  }

  static WasmOutput body(int... instructions) {
    WasmOutput body = new WasmOutput(64).u32(0);
    for (int each : instructions) {
      body.u8(each);
    }
    return body.u8(Opcodes.END);
  }

  static WasmOutput vector(WasmOutput... items) {
    WasmOutput vector = new WasmOutput(64).u32(items.length);
    for (WasmOutput item : items) {
      vector.raw(item.toBytes());
    }
    return vector;
  }

  static WasmOutput repeated(int count, WasmOutput item) {
    List<WasmOutput> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      items.add(item);
    }
    return vector(items.toArray(WasmOutput[]::new));
  }

  ModuleBuilder types(WasmOutput... types) {
    return section(1, vector(types));
  }

  ModuleBuilder section(int id, WasmOutput content) {
    out.section(id, content);
    return this;
  }

  byte[] bytes() {
    return out.toBytes();
  }
}
