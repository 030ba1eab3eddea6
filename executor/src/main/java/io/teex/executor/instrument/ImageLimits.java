package io.teex.executor.instrument;

/**
 * How large an image may be. They lie well above what real programs need (CPython fits) and below
 * what would keep a parser, a validator or an engine busy.
 *
 * @param moduleBytes of the whole module
 * @param functions imported and defined
 * @param functionBytes of one body
 * @param parameters of one function type, and of one block type
 * @param results of one function type
 * @param locals of one function, parameters not counted
 * @param localsTotal of all functions
 * @param nesting of blocks
 * @param branches of one function: ways from one basic block to another
 * @param segments of data, and of elements
 * @param tables of one module
 * @param tableElements of one table at most, and of all element segments together
 * @param memoryPages of 64 KiB that any task may use
 * @param work bound of validation: instructions, plus the labels that branches look up, plus the
 *     operands that calls and blocks pass
 */
public record ImageLimits(
    int moduleBytes,
    int types,
    int imports,
    int functions,
    int functionBytes,
    int parameters,
    int results,
    int locals,
    int localsTotal,
    int nesting,
    int branches,
    int globals,
    int exports,
    int nameBytes,
    int segments,
    int tables,
    int tableElements,
    int memoryPages,
    long work) {
  /** What the market accepts. Part of the profile "wasm-1", so no setting. */
  public static final ImageLimits WASM_1 =
      new ImageLimits(
          16 << 20,
          10_000,
          200,
          100_000,
          2 << 20,
          200,
          50,
          10_000,
          2_000_000,
          2_000,
          100_000,
          50_000,
          20_000,
          1_000,
          20_000,
          16,
          1_000_000,
          65_536,
          100_000_000);
}
