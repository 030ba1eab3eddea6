package io.teex.worker;

import io.teex.protocol.Acknowledgement;
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
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes claims of one worker against one dispatcher. */
final class Claims {
  final SigningKey worker;
  final SigningKey dispatcher;
  final Address payee;
  private final Domain domain;
  private final RandomGenerator random;

  Claims(Domain domain, SigningKey dispatcher, Address payee, RandomGenerator random) {
    this.domain = domain;
    this.random = random;
    this.worker = SigningKey.generate(random);
    this.dispatcher = dispatcher;
    this.payee = payee;
  }

  Claim of(Claim.Place place, long pay, long settleBy) {
    Receipt receipt = receipt(pay);
    Signed<Acknowledgement> acknowledgement =
        dispatcher.sign(
            domain, new Acknowledgement(receipt.taskId(), 1, receipt.hash(domain), settleBy));
    return new Claim(worker.sign(domain, receipt), acknowledgement, place);
  }

  private Receipt receipt(long pay) {
    Bytes32 zero = Bytes32.ZERO;
    return new Receipt(
        new TaskId(Bytes32.random(random)),
        1,
        dispatcher.address(),
        worker.address(),
        zero,
        new ReceiptDigests(zero, zero, zero, zero),
        zero,
        zero,
        zero,
        List.of(),
        1,
        1 << 20,
        60,
        Outcome.COMPLETED,
        fee(pay),
        new Execution(
            "test-1",
            Isolation.PROCESS,
            Tier.single(Isolation.PROCESS, TeeKind.SIMULATED.bit()),
            Execution.SIMULATED),
        zero);
  }

  private FeeSplit fee(long pay) {
    return new FeeSplit(
        Amount.of(pay), payee, Amount.ZERO, payee, Amount.of(pay), payee, Amount.ZERO);
  }
}
