package io.teex.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.teex.attestation.Policy;
import io.teex.chain.ChainClient;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.market.EmbeddedMarket;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.FeeSplit;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.Role;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TypedData;
import io.teex.rpc.AttestedChannel;
import io.teex.rpc.Endpoint;
import io.teex.rpc.proto.DispatcherGrpc;
import io.teex.rpc.proto.DispatcherStatusRequest;
import io.teex.rpc.proto.DispatcherStatusResponse;
import io.teex.rpc.proto.ResultRequest;
import io.teex.rpc.proto.ResultResponse;
import io.teex.sdk.Market;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Whether what was settled is what users hold receipts for, unit by unit: recomputed from their
 * receipts, and compared with the chain and with what the dispatcher says.
 */
final class Audit {
  private final Market market;
  private final Domain domain;
  private final Settlement settlement;
  private final Map<Address, List<Optional<Signed<Receipt>>>> lanes;
  private final Amount deposit;
  private final Map<Address, Long> settledTo = new HashMap<>();
  private final Map<TaskId, Bytes32> settledIn = new HashMap<>();
  private final Map<Address, Amount> earned = new TreeMap<>();
  private List<Settlement.Settled> batches = List.of();
  private Amount total = Amount.ZERO;

  /**
   * @param lanes by user, what came of the sequences of her only lane
   * @param deposit that each user made
   */
  Audit(Market market, Map<Address, List<Optional<Signed<Receipt>>>> lanes, Amount deposit) {
    this.market = market;
    this.domain = market.domain();
    this.settlement = new Settlement(market.chain(), market.addresses());
    this.lanes = lanes;
    this.deposit = deposit;
  }

  int batches() {
    return batches.size();
  }

  Amount total() {
    return total;
  }

  /** Reads every batch back and the balances after them. */
  void chain() {
    batches = market.settlements().batches();
    Bytes32 previous = Bytes32.ZERO;
    for (int i = 0; i < batches.size(); i++) {
      assertThat(batches.get(i).number()).isEqualTo(i + 1);
      previous = batch(batches.get(i), previous);
    }
    lanes.forEach(this::lane);
    earned.forEach((account, amount) ->
        assertThat(market.settlements().earnings(account).total())
            .as("%s", account)
            .isEqualTo(amount));
    assertThat(market.settlements().conservation().holds()).isTrue();
    assertThat(
            new Token(market.chain(), market.addresses()).balanceOf(settlement.address()).value())
        .isEqualTo(deposit.value().multiply(BigInteger.valueOf(lanes.size())));
  }

  private Bytes32 batch(Settlement.Settled settled, Bytes32 previous) {
    ChainClient chain = market.chain();
    Settlement.Opened opened = settlement.open(chain, settled);
    Signed<BatchHeader> signed = opened.batch().header();
    BatchHeader header = signed.value();
    signed.requireSigner(domain, settled.dispatcher());
    assertThat(header.previous()).isEqualTo(previous);
    assertThat(opened.batch().requests()).isEmpty();
    List<ReceiptLeaf> leaves = new ArrayList<>();
    Map<Address, Amount> credits = new TreeMap<>();
    for (int i = 0; i < opened.batch().debits().size(); i++) {
      Debit debit = opened.batch().debits().get(i);
      List<Optional<Signed<Receipt>>> lane = Objects.requireNonNull(lanes.get(debit.payer()));
      long from = opened.previous().get(i);
      // Each sequence once: a lane goes on where the batch before left it.
      assertThat(from).isEqualTo(settledTo.getOrDefault(debit.payer(), 0L));
      Amount due = Amount.ZERO;
      for (long sequence = from + 1; sequence <= debit.to(); sequence++) {
        Optional<Signed<Receipt>> receipt = lane.get(Math.toIntExact(sequence - 1));
        ReceiptLeaf leaf = leaf(debit.payer(), sequence, receipt);
        receipt.ifPresent(done -> {
          credit(done.value(), credits);
          assertThat(settledIn.put(done.value().taskId(), settled.transaction())).isNull();
        });
        leaves.add(leaf);
        due = due.plus(leaf.amount());
      }
      assertThat(debit.amount()).isEqualTo(due);
      settledTo.put(debit.payer(), debit.to());
      total = total.plus(due);
    }
    ReceiptTree tree = ReceiptTree.of(leaves);
    assertThat(tree.root())
        .as("receipts of batch %d", settled.number())
        .isEqualTo(header.receiptsRoot());
    assertThat(settled.receiptsRoot()).isEqualTo(header.receiptsRoot());
    assertThat(tree.count()).isEqualTo(settled.count());
    assertThat(tree.total()).isEqualTo(settled.total());
    assertThat(opened.batch().credits())
        .containsExactlyElementsOf(
            credits.entrySet().stream()
                .map(credit -> new Credit(credit.getKey(), credit.getValue()))
                .toList());
    credits.forEach((account, amount) -> earned.merge(account, amount, Amount::plus));
    Bytes32 hash = TypedData.hash(domain, header);
    assertThat(settled.header()).isEqualTo(hash);
    return hash;
  }

  private ReceiptLeaf leaf(Address payer, long sequence, Optional<Signed<Receipt>> receipt) {
    return receipt
        .map(Signed::value)
        .map(done ->
            new ReceiptLeaf(
                payer,
                0,
                sequence,
                ReceiptLeaf.Kind.RECEIPT,
                done.hash(domain),
                done.fee().total()))
        .orElseGet(() ->
            new ReceiptLeaf(payer, 0, sequence, ReceiptLeaf.Kind.VOID, Bytes32.ZERO, Amount.ZERO));
  }

  private static void credit(Receipt receipt, Map<Address, Amount> credits) {
    FeeSplit fee = receipt.fee();
    credits.merge(fee.provider(), fee.providerAmount(), Amount::plus);
    credits.merge(fee.workerPayee(), fee.workerAmount(), Amount::plus);
    credits.merge(fee.dispatcherPayee(), fee.dispatcherAmount(), Amount::plus);
  }

  private void lane(Address payer, List<Optional<Signed<Receipt>>> sequences) {
    Amount spent =
        sequences.stream()
            .flatMap(Optional::stream)
            .map(receipt -> receipt.value().fee().total())
            .reduce(Amount.ZERO, Amount::plus);
    Settlement.Allowance allowance =
        settlement.allowance(payer, market.file().dispatchers().getFirst().address(), 0);
    assertThat(settledTo.get(payer)).isEqualTo(sequences.size());
    assertThat(allowance.settledSequence()).isEqualTo(sequences.size());
    assertThat(allowance.remaining()).isEqualTo(deposit.minus(spent));
  }

  /** Asks the dispatcher for each of the receipts, which say where they were settled. */
  void dispatcher(EmbeddedMarket embedded) {
    Endpoint endpoint = Endpoint.parse(market.file().dispatchers().getFirst().endpoint());
    try (AttestedChannel channel =
        AttestedChannel.to(endpoint, Role.DISPATCHER, Policy.read(embedded.marketFile().policy()))
            .open()) {
      DispatcherStatusResponse status =
          channel.call(
              DispatcherGrpc.getStatusMethod(), DispatcherStatusRequest.getDefaultInstance());
      assertThat(status.getQueued() + status.getLeased() + status.getAcknowledged()).isZero();
      assertThat(status.getSettled())
          .isEqualTo(batches.stream().mapToLong(Settlement.Settled::count).sum());
      lanes.values().stream()
          .flatMap(List::stream)
          .flatMap(Optional::stream)
          .forEach(receipt -> record(channel, receipt));
    }
  }

  private void record(AttestedChannel channel, Signed<Receipt> receipt) {
    TaskId task = receipt.value().taskId();
    ResultResponse kept =
        channel.call(
            DispatcherGrpc.getResultMethod(),
            ResultRequest.newBuilder().setTaskId(ByteString.copyFrom(task.value().copy())).build());
    assertThat(kept.getState()).isEqualTo("settled");
    assertThat(Signed.decode(Receipt.class, kept.getReceipt().toByteArray())).isEqualTo(receipt);
    assertThat(Bytes32.of(kept.getTransaction().toByteArray()))
        .as("the transaction that settled task %s", task)
        .isEqualTo(settledIn.get(task));
  }
}
