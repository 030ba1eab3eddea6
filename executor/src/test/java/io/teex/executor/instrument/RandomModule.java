package io.teex.executor.instrument;

import io.teex.protocol.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes valid modules of arbitrary control flow that end by themselves: loops count down,
 * functions call only later ones. The entry is the export {@code run}, (i32, i32) → i32.
 */
final class RandomModule {
  private static final int FUNCTIONS = 6;
  private static final int PARAMETERS = 2;
  private static final int SCRATCH = PARAMETERS; // three i32
  private static final int WIDE = SCRATCH + 3; // one i64
  private static final int REAL = WIDE + 1; // three f64
  private static final int REALS = 3;
  private static final int COUNTERS = REAL + REALS; // i32, two for each loop

  private final Random random;
  private final boolean nans;
  private final WasmOutput body = new WasmOutput(1024);

  /** Labels that a branch may name, innermost last: false for loops, which only count down. */
  private final List<Boolean> branchable = new ArrayList<>();

  private int function;
  private int loops;
  private int budget;

  private RandomModule(long seed, boolean nans) {
    this.random = new Random(seed);
    this.nans = nans;
  }

  /** Does the same on every engine. */
  static byte[] of(long seed) {
    return new RandomModule(seed, false).module();
  }

  /**
   * Computes NaNs and looks at their bits as well, so only does the same once it is instrumented.
   */
  static byte[] withNans(long seed) {
    return new RandomModule(seed, true).module();
  }

  private byte[] module() {
    Bytes two = Bytes.of(WasmModule.I32, WasmModule.I32);
    Bytes one = Bytes.of(WasmModule.I32);
    WasmOutput out = new WasmOutput(4096).raw(new byte[] {0, 0x61, 0x73, 0x6d, 1, 0, 0, 0});
    WasmOutput types = new WasmOutput(64).u32(2);
    types.u8(0x60).types(two).types(one);
    types.u8(0x60).types(Bytes.EMPTY).types(two);
    out.section(WasmModule.SECTION_TYPE, types);
    WasmOutput functions = new WasmOutput(16).u32(FUNCTIONS);
    for (int i = 0; i < FUNCTIONS; i++) {
      functions.u32(0);
    }
    out.section(WasmModule.SECTION_FUNCTION, functions);
    out.section(
        WasmModule.SECTION_TABLE,
        new WasmOutput(8).u32(1).u8(WasmModule.FUNCREF).u8(0).u32(FUNCTIONS));
    out.section(WasmModule.SECTION_MEMORY, new WasmOutput(8).u32(1).u8(1).u32(1).u32(4));
    out.section(
        WasmModule.SECTION_GLOBAL,
        new WasmOutput(8).u32(1).u8(WasmModule.I32).u8(1).u8(Opcodes.I32_CONST).signed(7).u8(0x0b));
    out.section(WasmModule.SECTION_EXPORT, new WasmOutput(16).u32(1).name("run").u8(0).u32(0));
    WasmOutput elements = new WasmOutput(32).u32(1).u32(0).u8(0x41).signed(0).u8(0x0b);
    elements.u32(FUNCTIONS);
    for (int i = 0; i < FUNCTIONS; i++) {
      elements.u32(i);
    }
    out.section(WasmModule.SECTION_ELEMENT, elements);
    WasmOutput code = new WasmOutput(4096).u32(FUNCTIONS);
    for (function = 0; function < FUNCTIONS; function++) {
      code.sized(function());
    }
    out.section(WasmModule.SECTION_CODE, code);
    return out.toBytes();
  }

  private WasmOutput function() {
    body.clear();
    loops = 0;
    budget = 60;
    branchable.clear();
    branchable.add(true);
    statements(4);
    value(3);
    body.u8(Opcodes.END);
    WasmOutput out = new WasmOutput(body.size() + 16);
    out.u32(4).u32(3).u8(WasmModule.I32).u32(1).u8(WasmModule.I64);
    out.u32(REALS).u8(WasmModule.F64).u32(2 * loops + 1).u8(WasmModule.I32);
    return out.raw(body.toBytes());
  }

  private void statements(int depth) {
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      statement(depth);
    }
  }

  private void statement(int depth) {
    budget--;
    int kind = depth == 0 || budget < 0 ? random.nextInt(6) : random.nextInt(17);
    switch (kind) {
      case 0, 1 -> assign(depth);
      case 2 -> {
        value(depth);
        body.u8(Opcodes.GLOBAL_SET).u32(0);
      }
      case 3 -> {
        address();
        value(depth);
        body.u8(0x36).u32(2).u32(16); // i32.store
      }
      case 4 -> {
        if (nans) {
          assignReal();
        } else {
          assignWide();
        }
      }
      case 5 -> bulk();
      case 6, 7 -> block(depth);
      case 8, 9 -> loop(depth);
      case 10 -> branchIf(depth);
      case 11, 12 -> ifElse(depth);
      case 13 -> multiValueBlock(depth);
      case 14 -> branchTable(depth);
      case 15 -> leaveInside(depth);
      default -> grow();
    }
  }

  private void assign(int depth) {
    value(depth);
    body.u8(Opcodes.LOCAL_SET).u32(SCRATCH + random.nextInt(3));
  }

  private void assignWide() {
    body.u8(Opcodes.LOCAL_GET).u32(WIDE);
    value(1);
    orOne();
    body.u8(0xac).u8(0x7e + random.nextInt(2)); // extend, then mul or div_s
    body.u8(Opcodes.LOCAL_SET).u32(WIDE);
    body.u8(Opcodes.LOCAL_GET).u32(REAL);
    value(1);
    body.u8(0xb7).u8(0xa0 + random.nextInt(4)); // convert, then add, sub, mul or div
    body.u8(Opcodes.LOCAL_SET).u32(REAL);
  }

  private void orOne() {
    body.u8(Opcodes.I32_CONST).signed(1).u8(0x72);
  }

  private void bulk() {
    address();
    if (random.nextBoolean()) {
      address();
      smallSize();
      body.u8(0xfc).u8(10).u8(0).u8(0); // memory.copy
    } else {
      value(1);
      smallSize();
      body.u8(0xfc).u8(11).u8(0); // memory.fill
    }
  }

  private void grow() {
    body.u8(Opcodes.I32_CONST).signed(random.nextInt(3)).u8(Opcodes.MEMORY_GROW).u8(0);
    body.u8(Opcodes.LOCAL_SET).u32(SCRATCH);
  }

  private void smallSize() {
    value(1);
    body.u8(Opcodes.I32_CONST).signed(255).u8(0x71);
  }

  private void address() {
    value(1);
    body.u8(Opcodes.I32_CONST).signed(0x7fff).u8(0x71);
  }

  private void block(int depth) {
    body.u8(Opcodes.BLOCK).u8(0x40);
    inside(true, () -> statements(depth - 1));
    body.u8(Opcodes.END);
  }

  /** Counts down to zero, or up or down to a bound, in the ways in which compilers write it. */
  private void loop(int depth) {
    int counter = COUNTERS + 2 * loops++;
    int bound = counter + 1;
    int step = (1 << random.nextInt(3)) * (random.nextBoolean() ? 1 : -1);
    int last = random.nextInt(200) - 100;
    int first = last - step * (1 + random.nextInt(4));
    int kind = random.nextInt(4);
    body.u8(Opcodes.I32_CONST).signed(kind == 0 ? first - last : first);
    body.u8(Opcodes.LOCAL_SET).u32(counter);
    body.u8(Opcodes.I32_CONST).signed(last).u8(Opcodes.LOCAL_SET).u32(bound);
    body.u8(Opcodes.LOOP).u8(0x40);
    inside(false, () -> statements(depth - 1));
    if (kind == 2) {
      body.u8(Opcodes.LOCAL_GET).u32(bound);
    }
    body.u8(Opcodes.LOCAL_GET).u32(counter).u8(Opcodes.I32_CONST);
    if (random.nextBoolean()) {
      body.signed(step).u8(Opcodes.I32_ADD);
    } else {
      body.signed(-step).u8(Opcodes.I32_SUB);
    }
    body.u8(kind == 3 ? Opcodes.LOCAL_SET : Opcodes.LOCAL_TEE).u32(counter);
    switch (kind) {
      case 0 -> {}
      case 1 -> body.u8(Opcodes.I32_CONST).signed(last).u8(Opcodes.I32_NE);
      case 2 -> body.u8(Opcodes.I32_NE);
      default -> {
        body.u8(Opcodes.LOCAL_GET).u32(bound).u8(Opcodes.LOCAL_GET).u32(counter);
        body.u8(Opcodes.I32_NE);
      }
    }
    body.u8(Opcodes.BR_IF).u32(0).u8(Opcodes.END);
  }

  private int real() {
    return REAL + random.nextInt(REALS);
  }

  private void assignReal() {
    realValue(3);
    if (random.nextInt(4) > 0) {
      body.u8(Opcodes.LOCAL_SET).u32(real());
      return;
    }
    body.u8(Opcodes.LOCAL_TEE).u32(real());
    seeReal();
    body.u8(Opcodes.GLOBAL_SET).u32(0);
  }

  /** From an f64 to an i32 by its bits, in one of several ways. */
  private void seeReal() {
    switch (random.nextInt(3)) {
      case 0 -> body.u8(0xb6).u8(0xbc); // f32.demote, i32.reinterpret
      case 1 -> body.u8(0xbd).u8(Opcodes.I64_CONST).signed(32).u8(Opcodes.I64_SHR_U).u8(0xa7);
      default -> {
        body.u8(Opcodes.LOCAL_SET).u32(REAL + 1);
        address();
        body.u8(Opcodes.LOCAL_GET).u32(REAL + 1).u8(0x39).u32(3).u32(24); // f64.store
        body.u8(0x44).raw(new byte[] {0, 0, 0, 0, 0, 0, (byte) 0xf0, 0x3f});
        body.u8(Opcodes.LOCAL_GET).u32(REAL + 1).u8(0xa6).u8(0xaa); // copysign of 1, trunc
      }
    }
  }

  private void realValue(int depth) {
    switch (depth <= 0 ? random.nextInt(4) : random.nextInt(12)) {
      case 0 -> body.u8(Opcodes.LOCAL_GET).u32(real());
      case 1 -> {
        byte[][] constants = {
          {0, 0, 0, 0, 0, 0, 0, 0},
          {0, 0, 0, 0, 0, 0, (byte) 0xf0, 0x7f}, // infinity
          {0, 0, 0, 0, 0, 0, (byte) 0xf0, (byte) 0xff},
          {1, 2, 3, 4, 5, 6, (byte) 0xf8, (byte) 0xff}, // a NaN with a payload
        };
        body.u8(0x44).raw(constants[random.nextInt(constants.length)]);
      }
      case 2 -> {
        value(0);
        body.u8(0xb7); // convert
      }
      case 3 -> {
        address();
        body.u8(0x2b).u32(3).u32(8); // f64.load
      }
      case 4 -> {
        realValue(depth - 1);
        body.u8(0x99 + random.nextInt(7)); // abs to sqrt
      }
      case 5 -> {
        realValue(depth - 1);
        body.u8(0xb6).u8(0x8b + random.nextInt(7)).u8(0xbb); // as f32
      }
      case 6 -> {
        realValue(depth - 1);
        realValue(depth - 1);
        value(1);
        body.u8(Opcodes.SELECT);
      }
      case 7 -> {
        realValue(depth - 1);
        body.u8(Opcodes.LOCAL_TEE).u32(real());
      }
      case 8 -> {
        value(1);
        body.u8(Opcodes.IF).u8(WasmModule.F64);
        inside(false, () -> realValue(depth - 1));
        body.u8(Opcodes.ELSE);
        inside(false, () -> realValue(depth - 1));
        body.u8(Opcodes.END);
      }
      default -> {
        realValue(depth - 1);
        realValue(depth - 1);
        body.u8(0xa0 + random.nextInt(7)); // add to copysign
      }
    }
  }

  private void ifElse(int depth) {
    value(1);
    if (random.nextBoolean()) {
      body.u8(Opcodes.IF).u8(0x40);
      inside(true, () -> statements(depth - 1));
      if (random.nextBoolean()) {
        body.u8(Opcodes.ELSE);
        inside(true, () -> statements(depth - 1));
      }
      body.u8(Opcodes.END);
      return;
    }
    body.u8(Opcodes.IF).u8(WasmModule.I32);
    inside(false, () -> value(depth - 1));
    body.u8(Opcodes.ELSE);
    inside(false, () -> value(depth - 1));
    body.u8(Opcodes.END).u8(Opcodes.LOCAL_SET).u32(SCRATCH + 1);
  }

  /**
   * A block with two results, left early by a branch that carries both. It has no parameters: the
   * interpreter that counts (Endive 1.0.0) loses its stack over those, the core suite covers them.
   */
  private void multiValueBlock(int depth) {
    body.u8(Opcodes.BLOCK).signed(1);
    value(1);
    value(1);
    value(1);
    body.u8(Opcodes.BR_IF).u32(0).u8(0x6a); // else add both
    inside(false, () -> value(depth - 1));
    body.u8(Opcodes.END).u8(0x73).u8(Opcodes.LOCAL_SET).u32(SCRATCH + 2); // xor
  }

  private void branchIf(int depth) {
    List<Integer> labels = labels();
    if (labels.isEmpty()) {
      assign(depth);
      return;
    }
    value(1);
    body.u8(Opcodes.BR_IF).u32(labels.get(random.nextInt(labels.size())));
  }

  private void branchTable(int depth) {
    int ways = 2 + random.nextInt(3);
    for (int i = 0; i <= ways; i++) {
      body.u8(Opcodes.BLOCK).u8(0x40);
      branchable.add(true);
    }
    value(1);
    body.u8(Opcodes.I32_CONST).signed(7).u8(0x71).u8(Opcodes.BR_TABLE).u32(ways);
    for (int i = 0; i <= ways; i++) {
      body.u32(random.nextInt(ways + 1));
    }
    for (int i = 0; i <= ways; i++) {
      branchable.removeLast();
      body.u8(Opcodes.END);
      statement(Math.max(0, depth - 2));
    }
  }

  /** Under a condition: return, branch or trap, and code behind it that is never reached. */
  private void leaveInside(int depth) {
    value(1);
    value(1);
    body.u8(0x4c).u8(Opcodes.IF).u8(0x40); // i32.le_s
    branchable.add(true);
    List<Integer> labels = labels();
    switch (random.nextInt(12)) {
      case 0, 1 -> {
        value(1);
        body.u8(Opcodes.RETURN);
        value(1);
        body.u8(0x1a);
      }
      case 2 -> body.u8(Opcodes.UNREACHABLE);
      default -> {
        body.u8(Opcodes.BR).u32(labels.get(random.nextInt(labels.size())));
        statement(Math.max(0, depth - 2));
      }
    }
    branchable.removeLast();
    body.u8(Opcodes.END);
  }

  /** Labels of blocks without results, whose branches leave towards the end of the function. */
  private List<Integer> labels() {
    List<Integer> labels = new ArrayList<>();
    for (int i = branchable.size() - 1; i > 0; i--) {
      if (branchable.get(i)) {
        labels.add(branchable.size() - 1 - i);
      }
    }
    return labels;
  }

  private void inside(boolean mayBranchTo, Runnable content) {
    branchable.add(mayBranchTo);
    content.run();
    branchable.removeLast();
  }

  /** Leaves one i32 on the stack. */
  private void value(int depth) {
    int kind = depth <= 0 ? random.nextInt(4) : random.nextInt(12);
    switch (kind) {
      case 0 -> body.u8(Opcodes.I32_CONST).signed(random.nextInt(200) - 50);
      case 1 -> body.u8(Opcodes.LOCAL_GET).u32(random.nextInt(SCRATCH + 3));
      case 2 -> body.u8(Opcodes.GLOBAL_GET).u32(0);
      case 3 -> body.u8(Opcodes.MEMORY_SIZE).u8(0);
      case 4 -> {
        value(depth - 1);
        body.u8(0x45 + 0x22 + random.nextInt(3)); // clz, ctz, popcnt
      }
      case 5 -> {
        address();
        body.u8(0x28 + 4 + random.nextInt(4)).u32(0).u32(random.nextInt(64)); // narrow loads
      }
      case 6 -> {
        value(depth - 1);
        value(depth - 1);
        if (random.nextInt(20) > 0) {
          orOne();
        }
        body.u8(0x6d + random.nextInt(4)); // division or remainder; without the or, a trap at times
      }
      case 7 -> call(depth);
      case 8 -> {
        if (nans && random.nextBoolean()) {
          realValue(2);
          seeReal();
          return;
        }
        body.u8(Opcodes.LOCAL_GET).u32(WIDE).u8(0xa7); // wrap
        body.u8(Opcodes.LOCAL_GET).u32(REAL).u8(0xfc).u8(2); // trunc_sat
        value(depth - 1);
        body.u8(0x1b); // select
      }
      default -> {
        value(depth - 1);
        value(depth - 1);
        int[] safe = {0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x46, 0x4b};
        body.u8(safe[random.nextInt(safe.length)]);
      }
    }
  }

  private void call(int depth) {
    int later = function + 1 + random.nextInt(3);
    if (later >= FUNCTIONS) {
      value(depth - 1);
      return;
    }
    value(depth - 1);
    value(depth - 1);
    if (random.nextBoolean()) {
      body.u8(Opcodes.CALL).u32(later);
    } else {
      body.u8(Opcodes.I32_CONST).signed(later).u8(Opcodes.CALL_INDIRECT).u32(0).u32(0);
    }
  }
}
