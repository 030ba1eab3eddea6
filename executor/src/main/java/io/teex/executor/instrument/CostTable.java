package io.teex.executor.instrument;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

/**
 * Fuel units by class of instruction. A unit is about one simple machine instruction. A version is
 * never changed once published: receipts name it by its digest, which also covers the version of
 * the {@link Instrumenter}, because where a task runs out of fuel depends on both.
 */
public final class CostTable {
  private static final String PRICES_1 = "teex-cost-table-1";

  /** The first published version. No code is made for it any more; old receipts name it. */
  static final CostTable V1 = new CostTable(PRICES_1, "teex-instrumenter-1", prices1());

  /** The same prices, charged at other places. */
  static final CostTable V2 = new CostTable(PRICES_1, "teex-instrumenter-2", prices1());

  /** What the whole market counts by. */
  public static final CostTable CURRENT = V2;

  private final String name;
  private final String instrumenter;
  private final Map<CostClass, Integer> costs;

  private CostTable(String name, String instrumenter, Map<CostClass, Integer> costs) {
    this.name = name;
    this.instrumenter = instrumenter;
    this.costs = new EnumMap<>(costs);
  }

  public int cost(CostClass of) {
    Integer cost = costs.get(of);
    if (cost == null) {
      throw new IllegalStateException("cost table %s has no price for %s".formatted(name, of));
    }
    return cost;
  }

  /** How many runs of eight bytes are begun by {@code bytes} bytes. */
  static long eighths(long bytes) {
    return (bytes + 7) / 8;
  }

  /** The canonical text: name, instrumenter version, then one {@code CLASS cost} a line. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(name).append('\n').append(instrumenter).append('\n');
    for (CostClass each : CostClass.values()) {
      text.append(each.name()).append(' ').append(cost(each)).append('\n');
    }
    return text.toString();
  }

  /** SHA-256 of {@link #text()} in UTF-8: what receipts carry. */
  public Bytes32 digest() {
    return Sha256.hash(text().getBytes(StandardCharsets.UTF_8));
  }

  private static Map<CostClass, Integer> prices1() {
    Map<CostClass, Integer> costs = new EnumMap<>(CostClass.class);
    for (CostClass each : CostClass.values()) {
      int cost =
          switch (each) {
            case STRUCTURE -> 0;
            case SIMPLE, BRANCH, BULK_EIGHT_BYTES, BULK_ELEMENT -> 1;
            case INTEGER_MULTIPLY, FLOAT, CONVERT, LOAD, STORE, VECTOR -> 2;
            case TABLE, BRANCH_TABLE -> 3;
            case CALL -> 5;
            case CALL_INDIRECT, BULK, FLOAT_DIVIDE -> 8;
            case INTEGER_DIVIDE -> 12;
            case GROW -> 64;
            case HOST_CALL -> 1024;
            case MEMORY_PAGE -> 16_384;
          };
      costs.put(each, cost);
    }
    return costs;
  }
}
