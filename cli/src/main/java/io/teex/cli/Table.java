package io.teex.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text with columns as wide as they need to be; numbers stand on the right. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... headings) {
    rows.add(List.of(headings));
  }

  public Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    rows.add(row);
    return this;
  }

  @Override
  public String toString() {
    int columns = rows.getFirst().size();
    int[] widths =
        IntStream.range(0, columns)
            .map(c -> rows.stream().mapToInt(r -> r.get(c).length()).max().orElse(0))
            .toArray();
    boolean[] right = new boolean[columns];
    for (int c = 0; c < columns; c++) {
      int column = c;
      right[c] = rows.size() > 1 && rows.stream().skip(1).allMatch(r -> isNumber(r.get(column)));
    }
    return rows.stream()
        .map(row ->
            IntStream.range(0, columns)
                .mapToObj(c -> pad(row.get(c), widths[c], right[c]))
                .collect(Collectors.joining("  "))
                .stripTrailing())
        .collect(Collectors.joining("\n"));
  }

  private static boolean isNumber(String cell) {
    return cell.matches("[+-]?[\\d,.]+( ?(ms|s|%|gas|TXC))?|-");
  }

  private static String pad(String cell, int width, boolean right) {
    String blanks = " ".repeat(width - cell.length());
    return right ? blanks + cell : cell + blanks;
  }
}
