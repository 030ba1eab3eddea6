package io.teex.protocol;

import java.util.ArrayList;
import java.util.List;

/** What a replay says about the receipt that it was made for. */
public sealed interface ReplayVerdict {

  /** Everything that a replay can see is as the receipt says. */
  record Same() implements ReplayVerdict {}

  /**
   * One of the two workers lied or is broken; or the service runs a model, whose last digits differ
   * between kinds of processors.
   *
   * @param differences in what they say, at least one
   */
  record Different(List<Difference> differences) implements ReplayVerdict {
    public Different {
      differences = List.copyOf(differences);
    }
  }

  /**
   * Nothing can be said.
   *
   * @param why in words
   */
  record Unclear(String why) implements ReplayVerdict {}

  /**
   * @param what in words
   * @param receipt what the receipt says
   * @param replay what the replay came to
   */
  record Difference(String what, String receipt, String replay) {}

  /**
   * Compares what two workers signed for one task.
   *
   * @throws TeexException {@code ORDER_MISMATCH} if the report was made for another receipt
   */
  static ReplayVerdict of(Domain domain, Receipt receipt, ReplayReport report) {
    if (!report.receipt().equals(receipt.hash(domain))
        || !report.taskId().equals(receipt.taskId())) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "the report is about receipt %s of task %s, expected receipt %s of task %s"
              .formatted(
                  report.receipt(), report.taskId(), receipt.hash(domain), receipt.taskId()));
    }
    if (receipt.outcome() == Outcome.OUT_OF_TIME || report.outcome() == Outcome.OUT_OF_TIME) {
      return new Unclear(
          "one of the executions was stopped by its worker's clock, which no execution repeats");
    }
    if (!receipt.digests().costTable().equals(report.costTable())) {
      return new Unclear(
          "the receipt counts fuel by cost table %s, the replay by %s: look for a worker of the same version"
              .formatted(receipt.digests().costTable(), report.costTable()));
    }
    List<Difference> found = new ArrayList<>();
    compare(found, "outcome", receipt.outcome(), report.outcome());
    compare(found, "fuel", receipt.fuel(), report.fuel());
    compare(found, "memory", receipt.memoryBytes(), report.memoryBytes());
    compare(found, "output", receipt.outputCommitment(), report.outputCommitment());
    compare(found, "random seed", receipt.seedCommitment(), report.seedCommitment());
    compare(found, "input", receipt.inputCommitment(), report.inputCommitment());
    compare(found, "image", receipt.digests().image(), report.image());
    return found.isEmpty() ? new Same() : new Different(found);
  }

  private static void compare(List<Difference> found, String what, Object receipt, Object replay) {
    if (!receipt.equals(replay)) {
      found.add(new Difference(what, receipt.toString(), replay.toString()));
    }
  }
}
