package io.teex.chain;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.Execution;
import io.teex.protocol.FeeSplit;
import io.teex.protocol.Isolation;
import io.teex.protocol.Keccak;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptData;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Batches of one user's tasks, with their receipts. */
final class ReceiptBatches {
  static final SigningKey USER = DevAccounts.key(2);
  static final SigningKey DISPATCHER = DevAccounts.key(6);
  private static final Address WORKER = DevAccounts.key(4).address();
  private static final Amount PRICE = Amount.of(100);

  private ReceiptBatches() {}

  /** Lets the dispatcher spend money of a user. */
  static TransactionSender openLane(EmbeddedChain chain) {
    new TestRegistry(chain).admit(Role.DISPATCHER, DISPATCHER);
    TransactionSender user = chain.sender(USER);
    Amount money = Amount.of(1_000_000);
    chain.bond(DISPATCHER.address(), money);
    chain.fund(USER.address(), money);
    chain.token().approve(user, chain.addresses.settlement(), money);
    chain.settlement().deposit(user, money);
    chain.settlement().allow(user, DISPATCHER.address(), 0, money, chain.now() + 3_600);
    return user;
  }

  /** As many receipts, for the sequences after those that are settled. */
  static ReceiptData receipts(EmbeddedChain chain, int count) {
    long settled =
        chain.settlement().allowance(USER.address(), DISPATCHER.address(), 0).settledSequence();
    List<ReceiptData.Entry> entries = new ArrayList<>();
    IntStream.rangeClosed(1, count)
        .forEach(i ->
            entries.add(
                new ReceiptData.Entry(
                    USER.address(),
                    0,
                    settled + i,
                    ReceiptLeaf.Kind.RECEIPT,
                    List.of(receipt(settled + i)))));
    return new ReceiptData(entries);
  }

  private static Receipt receipt(long sequence) {
    Bytes32 digest = Keccak.hash(("task " + sequence).getBytes(UTF_8));
    return new Receipt(
        new TaskId(digest),
        1,
        DISPATCHER.address(),
        WORKER,
        digest,
        new ReceiptDigests(digest, digest, Bytes32.ZERO, digest),
        digest,
        digest,
        digest,
        List.of(),
        1_000,
        1 << 16,
        1_900_000_020L,
        Outcome.COMPLETED,
        new FeeSplit(PRICE, WORKER, Amount.ZERO, WORKER, PRICE, WORKER, Amount.ZERO),
        new Execution("engine", Isolation.PROCESS, Tier.single(Isolation.PROCESS, 1), 0),
        digest);
  }

  static SignedBatch batch(
      EmbeddedChain chain, ReceiptData receipts, long number, Bytes32 previous) {
    ReceiptTree tree =
        ReceiptTree.of(
            receipts.entries().stream()
                .map(entry -> entry.leaf(chain.addresses.domain()))
                .toList());
    List<Debit> debits =
        List.of(
            new Debit(USER.address(), 0, receipts.entries().getLast().sequence(), tree.total()));
    List<RequestPayment> requests = List.of();
    List<Credit> credits = List.of(new Credit(WORKER, tree.total()));
    BatchHeader header =
        new BatchHeader(
            DISPATCHER.address(),
            number,
            previous,
            tree.root(),
            tree.count(),
            tree.total(),
            BatchHeader.digest(Debit.class, debits),
            BatchHeader.digest(RequestPayment.class, requests),
            BatchHeader.digest(Credit.class, credits));
    return new SignedBatch(
        DISPATCHER.sign(chain.addresses.domain(), header), debits, requests, credits);
  }
}
