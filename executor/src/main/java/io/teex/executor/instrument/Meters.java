package io.teex.executor.instrument;

/**
 * The exports that instrumentation adds. All names begin with {@link #PREFIX}, which no image may
 * use. An engine sets {@link #FUEL} and {@link #PAGES} of a fresh instance, calls {@link #START},
 * then {@code _start}; whenever control is with the host, {@link #FUEL} is current.
 */
public final class Meters {
  public static final String PREFIX = "teex:";

  /**
   * Mutable i64 global: fuel left; zero until the host sets it. Below zero, the task is out of
   * fuel, even if it came to its end.
   */
  public static final String FUEL = PREFIX + "fuel";

  /** Mutable i32 global: bytes of call stack left. */
  public static final String STACK = PREFIX + "stack";

  /** Mutable i64 global: the pages of memory that this task may have, at most the clamp. */
  public static final String PAGES = PREFIX + "pages";

  /** Mutable i32 global: why a meter ended the task, by the {@code REASON_} codes. */
  public static final String REASON = PREFIX + "reason";

  /** Function without parameters and results: charges for the instance, runs the start function. */
  public static final String START = PREFIX + "start";

  /** The memory, if there is one. */
  public static final String MEMORY = PREFIX + "memory";

  public static final int REASON_NONE = 0;
  public static final int REASON_FUEL = 1;
  public static final int REASON_STACK = 2;
  public static final int REASON_MEMORY = 3;

  /** The engine could not give memory that the limits allow: the platform's fault. */
  public static final int REASON_ENGINE_MEMORY = 4;

  private Meters() {}

  /**
   * Indices of what instrumentation adds to one module, behind what it has: globals, helpers, and
   * for every import a function that passes on its {@link FuelWord}.
   */
  record Indices(
      int imports,
      int fuel,
      int stack,
      int pages,
      int reason,
      int rest,
      int growFunction,
      int startFunction,
      int exhaustedFunction,
      int firstImportWrapper,
      int firstExportWrapper) {
    static Indices behind(WasmModule module) {
      int global = module.globals().size();
      int function = module.functions().size();
      int imports = module.imports().size();
      return new Indices(
          imports,
          global,
          global + 1,
          global + 2,
          global + 3,
          global + 4,
          function,
          function + 1,
          function + 2,
          function + 3,
          function + 3 + imports);
    }

    /** The function that is called with a word where the module called {@code function}. */
    int metered(int function) {
      return function < imports ? firstImportWrapper + function : function;
    }
  }
}
