package io.teex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.teex.market.Account;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Domain;
import io.teex.protocol.Execution;
import io.teex.protocol.FeeSplit;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.ReplayReport;
import io.teex.protocol.ReplayVerdict;
import io.teex.protocol.TaskId;
import io.teex.protocol.Tier;
import io.teex.sdk.ReplayResult;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a person reads who doubted a receipt. */
class ReplayJobCommandTest {
  private static final Domain DOMAIN = new Domain(31337, Address.ZERO);

  @Test
  void saysWhatDiffersAndWhatCanBeDone() {
    String words =
        words(
            new ReplayVerdict.Different(
                List.of(new ReplayVerdict.Difference("fuel", "1000000", "2000000"))),
            false);

    assertThat(words)
        .startsWith("DIFFERENT: one of the two workers lied")
        .containsPattern("fuel +1000000 +2000000")
        .contains("runs a model", "no stake is taken", "a third worker", "can revoke a worker");
  }

  @Test
  void saysThatTheyAreTheSameAndIfTheMachineIs() {
    assertThat(words(new ReplayVerdict.Same(), false))
        .startsWith("SAME: outcome, fuel, memory, output, input, image and random seed")
        .doesNotContain("same machine");
    assertThat(words(new ReplayVerdict.Same(), true)).contains("(on the same machine)");
  }

  @Test
  void saysWhyNothingCanBeSaid() {
    assertThat(words(new ReplayVerdict.Unclear("the clock stopped it"), false))
        .startsWith("UNCLEAR: the clock stopped it.");
  }

  private static String words(ReplayVerdict verdict, boolean sameMachine) {
    Receipt receipt = receipt();
    return ReplayJobCommand.words(
        receipt,
        new ReplayResult(Account.ALICE.key().sign(DOMAIN, report(receipt)), verdict, sameMachine));
  }

  private static ReplayReport report(Receipt receipt) {
    return new ReplayReport(
        Bytes32.ZERO,
        receipt.taskId(),
        Bytes32.ZERO,
        Address.ZERO,
        Bytes32.ZERO,
        Bytes32.ZERO,
        Bytes32.ZERO,
        Bytes32.ZERO,
        2_000_000,
        1 << 20,
        Outcome.COMPLETED,
        "engine 2",
        Bytes32.ZERO);
  }

  private static Receipt receipt() {
    Address nobody = Address.ZERO;
    return new Receipt(
        new TaskId(Bytes32.ZERO),
        1,
        nobody,
        nobody,
        Bytes32.ZERO,
        new ReceiptDigests(Bytes32.ZERO, Bytes32.ZERO, Bytes32.ZERO, Bytes32.ZERO),
        Bytes32.ZERO,
        Bytes32.ZERO,
        Bytes32.ZERO,
        List.of(),
        1_000_000,
        1 << 20,
        60,
        Outcome.COMPLETED,
        new FeeSplit(Amount.ZERO, nobody, Amount.ZERO, nobody, Amount.ZERO, nobody, Amount.ZERO),
        new Execution(
            "engine 1", Isolation.PROCESS, Tier.single(Isolation.PROCESS, 1), Execution.SIMULATED),
        Bytes32.ZERO);
  }
}
