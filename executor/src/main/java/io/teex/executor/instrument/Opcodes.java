package io.teex.executor.instrument;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The accepted instructions of WebAssembly 2.0: what follows the opcode, what it takes from and
 * leaves on the operand stack, and its class of cost. An instruction that is not here (threads,
 * exceptions, tail calls, garbage collection, relaxed SIMD) does not exist for TEEX.
 *
 * <p>An instruction is named by one number: the opcode, or for prefixed ones {@link #BULK} or
 * {@link #VECTOR} plus the second opcode.
 *
 * @see <a href="https://www.w3.org/TR/wasm-core-2/#a7-index-of-instructions">Index of
 *     instructions</a>
 */
final class Opcodes {
  static final int UNREACHABLE = 0x00;
  static final int BLOCK = 0x02;
  static final int LOOP = 0x03;
  static final int IF = 0x04;
  static final int ELSE = 0x05;
  static final int END = 0x0b;
  static final int BR = 0x0c;
  static final int BR_IF = 0x0d;
  static final int BR_TABLE = 0x0e;
  static final int RETURN = 0x0f;
  static final int CALL = 0x10;
  static final int CALL_INDIRECT = 0x11;
  static final int DROP = 0x1a;
  static final int SELECT = 0x1b;
  static final int SELECT_TYPED = 0x1c;
  static final int LOCAL_GET = 0x20;
  static final int LOCAL_SET = 0x21;
  static final int LOCAL_TEE = 0x22;
  static final int GLOBAL_GET = 0x23;
  static final int GLOBAL_SET = 0x24;
  static final int MEMORY_SIZE = 0x3f;
  static final int MEMORY_GROW = 0x40;
  static final int I32_CONST = 0x41;
  static final int I64_CONST = 0x42;
  static final int I32_EQ = 0x46;
  static final int I32_NE = 0x47;
  static final int I32_LT_S = 0x48;
  static final int I64_NE = 0x52;
  static final int I64_LT_S = 0x53;
  static final int I64_GT_U = 0x56;
  static final int I32_ADD = 0x6a;
  static final int I32_SUB = 0x6b;
  static final int I32_AND = 0x71;
  static final int I32_OR = 0x72;
  static final int I32_SHR_U = 0x76;
  static final int I64_ADD = 0x7c;
  static final int I64_SUB = 0x7d;
  static final int I64_MUL = 0x7e;
  static final int I64_AND = 0x83;
  static final int I64_OR = 0x84;
  static final int I64_SHL = 0x86;
  static final int I64_SHR_S = 0x87;
  static final int I64_SHR_U = 0x88;
  static final int I32_WRAP_I64 = 0xa7;
  static final int I64_EXTEND_I32_U = 0xad;
  static final int REF_FUNC = 0xd2;

  /** Of the instructions that begin with 0xfc. */
  static final int BULK = 0x100;

  static final int MEMORY_INIT = BULK + 8;
  static final int MEMORY_COPY = BULK + 10;
  static final int MEMORY_FILL = BULK + 11;
  static final int TABLE_INIT = BULK + 12;
  static final int TABLE_COPY = BULK + 14;
  static final int TABLE_GROW = BULK + 15;
  static final int TABLE_FILL = BULK + 17;

  /** Of the instructions that begin with 0xfd. */
  static final int VECTOR = 0x200;

  static final int V128_CONST = VECTOR + 12;

  /** What follows the opcode. */
  enum Immediate {
    NONE,
    BLOCK_TYPE,
    LABEL,
    LABELS,
    INDEX,
    TYPE_AND_TABLE,
    VALUE_TYPES,
    REFERENCE_TYPE,
    MEMORY_ARGUMENT,
    /** One byte 0x00 where a memory index would stand. */
    MEMORY_ZERO,
    TWO_MEMORIES_ZERO,
    INDEX_AND_MEMORY_ZERO,
    TWO_INDICES,
    I32,
    I64,
    F32,
    F64,
    V128,
    LANE,
    MEMORY_ARGUMENT_AND_LANE
  }

  /**
   * @param takes operands taken from the stack; for control and calls beside those of the type
   * @param leaves operands left on the stack, likewise
   */
  record Shape(Immediate immediate, int takes, int leaves, CostClass cost) {}

  private static final @Nullable Shape[] SHAPES = new Shape[VECTOR + 0x100];

  private Opcodes() {}

  static @Nullable Shape find(int opcode) {
    return opcode < SHAPES.length ? SHAPES[opcode] : null;
  }

  /** The shape of an instruction that was already decoded. */
  static Shape shape(int opcode) {
    Shape shape = find(opcode);
    if (shape == null) {
      throw new IllegalStateException("undecoded opcode " + opcode);
    }
    return shape;
  }

  private static void at(int opcode, Immediate immediate, int takes, int leaves, CostClass cost) {
    range(opcode, opcode, immediate, takes, leaves, cost);
  }

  private static void range(
      int first, int last, Immediate immediate, int takes, int leaves, CostClass cost) {
    Arrays.fill(SHAPES, first, last + 1, new Shape(immediate, takes, leaves, cost));
  }

  private static void unary(int first, int last, CostClass cost) {
    range(first, last, Immediate.NONE, 1, 1, cost);
  }

  private static void binary(int first, int last, CostClass cost) {
    range(first, last, Immediate.NONE, 2, 1, cost);
  }

  private static void none(int... opcodes) {
    for (int opcode : opcodes) {
      SHAPES[opcode] = null;
    }
  }

  static {
    control();
    variables();
    memory();
    integers();
    floats();
    conversions();
    bulk();
    vectors();
  }

  private static void control() {
    at(UNREACHABLE, Immediate.NONE, 0, 0, CostClass.STRUCTURE);
    at(0x01, Immediate.NONE, 0, 0, CostClass.STRUCTURE);
    at(BLOCK, Immediate.BLOCK_TYPE, 0, 0, CostClass.STRUCTURE);
    at(LOOP, Immediate.BLOCK_TYPE, 0, 0, CostClass.STRUCTURE);
    at(IF, Immediate.BLOCK_TYPE, 1, 0, CostClass.BRANCH);
    at(ELSE, Immediate.NONE, 0, 0, CostClass.STRUCTURE);
    at(END, Immediate.NONE, 0, 0, CostClass.STRUCTURE);
    at(BR, Immediate.LABEL, 0, 0, CostClass.BRANCH);
    at(BR_IF, Immediate.LABEL, 1, 0, CostClass.BRANCH);
    at(BR_TABLE, Immediate.LABELS, 1, 0, CostClass.BRANCH_TABLE);
    at(RETURN, Immediate.NONE, 0, 0, CostClass.BRANCH);
    at(CALL, Immediate.INDEX, 0, 0, CostClass.CALL);
    at(CALL_INDIRECT, Immediate.TYPE_AND_TABLE, 1, 0, CostClass.CALL_INDIRECT);
  }

  private static void variables() {
    at(DROP, Immediate.NONE, 1, 0, CostClass.SIMPLE);
    at(SELECT, Immediate.NONE, 3, 1, CostClass.SIMPLE);
    at(SELECT_TYPED, Immediate.VALUE_TYPES, 3, 1, CostClass.SIMPLE);
    at(LOCAL_GET, Immediate.INDEX, 0, 1, CostClass.SIMPLE);
    at(LOCAL_SET, Immediate.INDEX, 1, 0, CostClass.SIMPLE);
    at(LOCAL_TEE, Immediate.INDEX, 1, 1, CostClass.SIMPLE);
    at(GLOBAL_GET, Immediate.INDEX, 0, 1, CostClass.SIMPLE);
    at(GLOBAL_SET, Immediate.INDEX, 1, 0, CostClass.SIMPLE);
    at(0x25, Immediate.INDEX, 1, 1, CostClass.TABLE); // table.get
    at(0x26, Immediate.INDEX, 2, 0, CostClass.TABLE); // table.set
    at(I32_CONST, Immediate.I32, 0, 1, CostClass.SIMPLE);
    at(I64_CONST, Immediate.I64, 0, 1, CostClass.SIMPLE);
    at(0x43, Immediate.F32, 0, 1, CostClass.SIMPLE);
    at(0x44, Immediate.F64, 0, 1, CostClass.SIMPLE);
    at(0xd0, Immediate.REFERENCE_TYPE, 0, 1, CostClass.SIMPLE); // ref.null
    at(0xd1, Immediate.NONE, 1, 1, CostClass.SIMPLE); // ref.is_null
    at(REF_FUNC, Immediate.INDEX, 0, 1, CostClass.SIMPLE);
  }

  private static void memory() {
    range(0x28, 0x35, Immediate.MEMORY_ARGUMENT, 1, 1, CostClass.LOAD);
    range(0x36, 0x3e, Immediate.MEMORY_ARGUMENT, 2, 0, CostClass.STORE);
    at(MEMORY_SIZE, Immediate.MEMORY_ZERO, 0, 1, CostClass.SIMPLE);
    at(MEMORY_GROW, Immediate.MEMORY_ZERO, 1, 1, CostClass.GROW);
  }

  private static void integers() {
    unary(0x45, 0x45, CostClass.SIMPLE); // i32.eqz
    binary(I32_EQ, 0x4f, CostClass.SIMPLE);
    unary(0x50, 0x50, CostClass.SIMPLE); // i64.eqz
    binary(0x51, 0x5a, CostClass.SIMPLE);
    unary(0x67, 0x69, CostClass.SIMPLE);
    binary(I32_ADD, I32_SUB, CostClass.SIMPLE);
    binary(0x6c, 0x6c, CostClass.INTEGER_MULTIPLY);
    binary(0x6d, 0x70, CostClass.INTEGER_DIVIDE);
    binary(0x71, 0x78, CostClass.SIMPLE);
    unary(0x79, 0x7b, CostClass.SIMPLE);
    binary(I64_ADD, I64_SUB, CostClass.SIMPLE);
    binary(I64_MUL, I64_MUL, CostClass.INTEGER_MULTIPLY);
    binary(0x7f, 0x82, CostClass.INTEGER_DIVIDE);
    binary(0x83, 0x8a, CostClass.SIMPLE);
  }

  private static void floats() {
    binary(0x5b, 0x66, CostClass.FLOAT); // comparisons
    unary(0x8b, 0x90, CostClass.FLOAT);
    unary(0x91, 0x91, CostClass.FLOAT_DIVIDE); // f32.sqrt
    binary(0x92, 0x94, CostClass.FLOAT);
    binary(0x95, 0x95, CostClass.FLOAT_DIVIDE);
    binary(0x96, 0x98, CostClass.FLOAT);
    unary(0x99, 0x9e, CostClass.FLOAT);
    unary(0x9f, 0x9f, CostClass.FLOAT_DIVIDE); // f64.sqrt
    binary(0xa0, 0xa2, CostClass.FLOAT);
    binary(0xa3, 0xa3, CostClass.FLOAT_DIVIDE);
    binary(0xa4, 0xa6, CostClass.FLOAT);
  }

  private static void conversions() {
    unary(I32_WRAP_I64, I32_WRAP_I64, CostClass.SIMPLE);
    unary(0xa8, 0xab, CostClass.CONVERT);
    unary(0xac, I64_EXTEND_I32_U, CostClass.SIMPLE);
    unary(0xae, 0xbb, CostClass.CONVERT);
    unary(0xbc, 0xbf, CostClass.SIMPLE); // reinterpret
    unary(0xc0, 0xc4, CostClass.SIMPLE); // extend8, extend16, extend32
    unary(BULK, BULK + 7, CostClass.CONVERT); // trunc_sat
  }

  private static void bulk() {
    at(MEMORY_INIT, Immediate.INDEX_AND_MEMORY_ZERO, 3, 0, CostClass.BULK);
    at(BULK + 9, Immediate.INDEX, 0, 0, CostClass.TABLE); // data.drop
    at(MEMORY_COPY, Immediate.TWO_MEMORIES_ZERO, 3, 0, CostClass.BULK);
    at(MEMORY_FILL, Immediate.MEMORY_ZERO, 3, 0, CostClass.BULK);
    at(TABLE_INIT, Immediate.TWO_INDICES, 3, 0, CostClass.BULK);
    at(BULK + 13, Immediate.INDEX, 0, 0, CostClass.TABLE); // elem.drop
    at(TABLE_COPY, Immediate.TWO_INDICES, 3, 0, CostClass.BULK);
    at(TABLE_GROW, Immediate.INDEX, 2, 1, CostClass.GROW);
    at(BULK + 16, Immediate.INDEX, 0, 1, CostClass.SIMPLE); // table.size
    at(TABLE_FILL, Immediate.INDEX, 3, 0, CostClass.BULK);
  }

  private static void vectors() {
    int v = VECTOR;
    binary(v + 14, v + 255, CostClass.VECTOR);
    range(v, v + 10, Immediate.MEMORY_ARGUMENT, 1, 1, CostClass.LOAD);
    at(v + 11, Immediate.MEMORY_ARGUMENT, 2, 0, CostClass.STORE);
    at(V128_CONST, Immediate.V128, 0, 1, CostClass.SIMPLE);
    at(v + 13, Immediate.V128, 2, 1, CostClass.VECTOR); // i8x16.shuffle
    unary(v + 15, v + 20, CostClass.VECTOR); // splat
    range(v + 21, v + 34, Immediate.LANE, 1, 1, CostClass.VECTOR); // extract_lane
    for (int replaceLane : new int[] {23, 26, 28, 30, 32, 34}) {
      at(v + replaceLane, Immediate.LANE, 2, 1, CostClass.VECTOR);
    }
    unary(v + 77, v + 77, CostClass.VECTOR); // v128.not
    range(v + 82, v + 82, Immediate.NONE, 3, 1, CostClass.VECTOR); // v128.bitselect
    unary(v + 83, v + 83, CostClass.VECTOR); // v128.any_true
    range(v + 84, v + 87, Immediate.MEMORY_ARGUMENT_AND_LANE, 2, 1, CostClass.LOAD);
    range(v + 88, v + 91, Immediate.MEMORY_ARGUMENT_AND_LANE, 2, 0, CostClass.STORE);
    range(v + 92, v + 93, Immediate.MEMORY_ARGUMENT, 1, 1, CostClass.LOAD);
    unary(v + 94, v + 100, CostClass.VECTOR);
    unary(v + 103, v + 106, CostClass.VECTOR);
    unary(v + 116, v + 117, CostClass.VECTOR);
    unary(v + 122, v + 122, CostClass.VECTOR);
    unary(v + 124, v + 129, CostClass.VECTOR);
    unary(v + 131, v + 132, CostClass.VECTOR);
    unary(v + 135, v + 138, CostClass.VECTOR);
    unary(v + 148, v + 148, CostClass.VECTOR);
    unary(v + 160, v + 164, CostClass.VECTOR);
    unary(v + 167, v + 170, CostClass.VECTOR);
    unary(v + 192, v + 196, CostClass.VECTOR);
    unary(v + 199, v + 202, CostClass.VECTOR);
    unary(v + 224, v + 227, CostClass.VECTOR);
    unary(v + 236, v + 239, CostClass.VECTOR);
    unary(v + 248, v + 255, CostClass.VECTOR);
    none(v + 154, v + 162, v + 165, v + 166, v + 175, v + 176, v + 178, v + 179, v + 180);
    none(v + 187, v + 194, v + 197, v + 198, v + 207, v + 208, v + 210, v + 211, v + 212);
    none(v + 226, v + 238);
  }
}
