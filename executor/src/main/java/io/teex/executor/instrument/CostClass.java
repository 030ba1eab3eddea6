package io.teex.executor.instrument;

/**
 * What instructions are counted as. The class of every instruction is fixed by {@link Opcodes}; its
 * price by a {@link CostTable}.
 */
public enum CostClass {
  /** Markers of structure: {@code nop}, {@code block}, {@code loop}, {@code else}, {@code end}. */
  STRUCTURE,
  /** Constants, locals, globals, integer arithmetic but multiplication and division. */
  SIMPLE,
  INTEGER_MULTIPLY,
  INTEGER_DIVIDE,
  FLOAT,
  /** Floating-point division and square root. */
  FLOAT_DIVIDE,
  /** Between integers and floating point. */
  CONVERT,
  LOAD,
  STORE,
  /** {@code br}, {@code br_if}, {@code if}, {@code return}. */
  BRANCH,
  BRANCH_TABLE,
  CALL,
  CALL_INDIRECT,
  /** Arithmetic on 128 bits. */
  VECTOR,
  /** One element of a table or one segment touched. */
  TABLE,
  /** {@code memory.copy}, {@code fill}, {@code init} and their table twins, without their size. */
  BULK,
  /** Eight bytes, begun, moved by a bulk instruction, a data segment or a host call. */
  BULK_EIGHT_BYTES,
  /** One table element moved by a bulk instruction or an element segment. */
  BULK_ELEMENT,
  /** {@code memory.grow} and {@code table.grow}, without their size. */
  GROW,
  /** One page of memory made, at the start or by growing. */
  MEMORY_PAGE,
  /** A call of a host function, beside the {@code call} itself and the bytes that it moves. */
  HOST_CALL
}
