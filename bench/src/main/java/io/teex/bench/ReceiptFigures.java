package io.teex.bench;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Execution;
import io.teex.protocol.FeeSplit;
import io.teex.protocol.Isolation;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.TaskId;
import io.teex.protocol.Tier;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Receipts as a market with a handful of services and workers makes them: what is a digest is
 * random, so that it cannot be compressed, and what such receipts share is shared.
 */
record ReceiptFigures(RandomGenerator random, Address dispatcher, List<Bytes32> digests) {
  private static final int SERVICES = 5;
  private static final long FINISHED_AT = 1_900_000_020;

  static ReceiptFigures of(RandomGenerator random, Address dispatcher) {
    return new ReceiptFigures(
        random, dispatcher, random.longs(SERVICES).mapToObj(_ -> Bytes32.random(random)).toList());
  }

  Receipt receipt(Amount fee) {
    Bytes32 service = digests.get(random.nextInt(SERVICES));
    Bytes32 worker = digests.get(random.nextInt(SERVICES));
    return new Receipt(
        new TaskId(Bytes32.random(random)),
        1,
        dispatcher,
        account(worker),
        worker,
        new ReceiptDigests(service, service, Bytes32.ZERO, digests.getFirst()),
        Bytes32.random(random),
        Bytes32.random(random),
        Bytes32.random(random),
        List.of(),
        1_000L * random.nextInt(1_000_000),
        1L << (16 + random.nextInt(8)),
        FINISHED_AT + 60L * random.nextInt(10),
        Outcome.COMPLETED,
        new FeeSplit(
            fee, account(service), Amount.ZERO, account(worker), fee, dispatcher, Amount.ZERO),
        new Execution("engine 1.0", Isolation.SESSION, Tier.single(Isolation.SESSION, 1), 0),
        Bytes32.random(random));
  }

  private static Address account(Bytes32 name) {
    return new Address(name.value().slice(0, Address.SIZE));
  }
}
