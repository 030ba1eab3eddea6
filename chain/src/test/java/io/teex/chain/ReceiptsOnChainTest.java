package io.teex.chain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
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
import io.teex.protocol.TeexException;
import io.teex.protocol.Tier;
import io.teex.protocol.TypedData;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Receipts that a dispatcher posts on a real chain, and anybody reads back. */
@ParameterizedClass
@EnumSource(NodeKind.class)
class ReceiptsOnChainTest {
  @Parameter NodeKind kind;

  private static final SigningKey USER = DevAccounts.key(2);
  private static final Address WORKER = DevAccounts.key(4).address();
  private static final SigningKey DISPATCHER = DevAccounts.key(6);
  private static final Amount PRICE = Amount.of(100);
  private static final int TASKS = 20;

  @Test
  void whatABatchSettledIsReadFromItsTransaction() {
    try (EmbeddedChain chain = EmbeddedChain.start(kind)) {
      new TestRegistry(chain).admit(Role.DISPATCHER, DISPATCHER);
      TransactionSender sender = openLane(chain);
      ReceiptData receipts = receipts(chain, TASKS);

      SignedBatch first = batch(chain, receipts, 1, Bytes32.ZERO);
      Mined mined = chain.settlement().settleWithReceipts(sender, first, receipts);
      Bytes32 head = TypedData.hash(chain.addresses.domain(), first.header().value());
      ReceiptData others = receipts(chain, 2 * TASKS);
      chain.settlement().settleWithReceipts(sender, batch(chain, others, 2, head), receipts);

      List<Settlement.Settled> settled =
          chain.settlement().batches(DISPATCHER.address(), 0, chain.client.blockNumber());
      assertThat(settled.getFirst().transaction()).isEqualTo(mined.transaction());
      assertThat(read(chain, settled.getFirst())).isEqualTo(receipts);
      assertThat(chain.settlement().open(chain.client, settled.getFirst()))
          .as("whoever doubts the batch reads it from the same transaction")
          .isEqualTo(new Settlement.Opened(first, List.of(0L)));
      assertThatThrownBy(() -> read(chain, settled.getLast()))
          .hasMessageContaining("batch 2 has 40")
          .isInstanceOfSatisfying(
              TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
    }
  }

  private static ReceiptData read(EmbeddedChain chain, Settlement.Settled settled) {
    return chain.settlement().receipts(chain.client, settled, chain.addresses.domain());
  }

  private static TransactionSender openLane(EmbeddedChain chain) {
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
  private static ReceiptData receipts(EmbeddedChain chain, int count) {
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

  private static SignedBatch batch(
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
