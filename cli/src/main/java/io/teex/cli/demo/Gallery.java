package io.teex.cli.demo;

import java.util.List;
import java.util.stream.Collectors;

/** Digits side by side, each over its label and what the service said. */
final class Gallery {
  private static final String GAP = "  ";

  private Gallery() {}

  static String of(List<Answer> answers) {
    StringBuilder text = new StringBuilder("\n");
    String[][] drawings =
        answers.stream().map(answer -> answer.digit().drawn()).toArray(String[][]::new);
    for (int line = 0; line < Digit.SIDE / 2; line++) {
      for (String[] drawing : drawings) {
        text.append(drawing[line]).append(GAP);
      }
      text.append('\n');
    }
    return text.append(
            answers.stream()
                .map(answer ->
                    "%-28s"
                        .formatted(
                            "  is %d, told %d %s"
                                .formatted(
                                    answer.digit().label(),
                                    answer.said(),
                                    answer.isRight() ? "✓" : "✗")))
                .collect(Collectors.joining(GAP)))
        .toString();
  }
}
