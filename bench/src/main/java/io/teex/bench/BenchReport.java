package io.teex.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a benchmark measured; the JSON of {@code --json} is this record. */
public record BenchReport(String bench, List<Row> rows) {
  /**
   * One figure, beside the figure of a peer or a limit from the same run.
   *
   * @param peer what it is compared with, or null
   * @param ratio above 1 when we are better
   */
  public record Row(
      String name,
      double value,
      String unit,
      @Nullable String peer,
      @Nullable Double peerValue,
      @Nullable Double ratio) {

    /** A figure of which less is better. */
    static Row lessIsBetter(String name, double value, String unit, String peer, double peerValue) {
      return new Row(name, round(value), unit, peer, round(peerValue), round(peerValue / value));
    }

    /** A figure of which more is better. */
    static Row moreIsBetter(String name, double value, String unit, String peer, double peerValue) {
      return new Row(name, round(value), unit, peer, round(peerValue), round(value / peerValue));
    }

    /** A figure without a peer. */
    static Row alone(String name, double value, String unit) {
      return new Row(name, round(value), unit, null, null, null);
    }

    private static double round(double value) {
      return Math.round(value * 1e3) / 1e3;
    }
  }

  public BenchReport {
    rows = List.copyOf(rows);
  }
}
