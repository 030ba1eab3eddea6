package io.teex.chain;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Coded;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.Signature;
import io.teex.protocol.Signed;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.time.Duration;
import java.util.List;

/** Where workers ask for what a dispatcher acknowledged and did not settle. */
public final class Demands extends OwingContract {
  /** {@code OPEN} becomes one of the last two. */
  public enum State implements Coded {
    NONE(0),
    OPEN(1),
    ANSWERED(2),
    WON(3);

    private final int code;

    State(int code) {
      this.code = code;
    }

    @Override
    public int code() {
      return code;
    }
  }

  /**
   * A demand as the contract keeps it.
   *
   * @param deadline seconds since the epoch, inclusive
   * @param settledIn EIP-712 hash of the header of the batch that answered it
   */
  public record Demand(
      Address claimant,
      @Uint(40) long deadline,
      State state,
      Address dispatcher,
      Address payee,
      Amount amount,
      Bytes32 settledIn) {}

  /**
   * What the deployment was made with.
   *
   * @param grace seconds after a settle-by date before anybody can demand
   * @param answerTime seconds for an answer
   */
  public record Terms(@Uint(40) long grace, @Uint(40) long answerTime, Amount bond) {
    /** How long after a settle-by date its last answer may have to be given. */
    public Duration memory(Duration withdrawDelay) {
      return withdrawDelay.plusSeconds(grace + answerTime);
    }
  }

  private record Index(Bytes32 receipt, Address dispatcher, Address payee) {}

  private record Details(Amount amount, Address claimant, @Uint(40) long deadline) {}

  private record OfReceipt(Bytes32 receipt) {}

  private record DemandCall(
      Receipt receipt,
      Signature signature,
      Acknowledgement acknowledgement,
      Signature acknowledgementSignature) {}

  private record Answer(
      Bytes32 receipt, BatchHeader header, ReceiptLeaf leaf, ReceiptTree.Proof proof) {}

  private static final Event<Index, Details> DEMANDED =
      Event.of("Demanded", Index.class, Details.class);

  public Demands(ChainReader chain, Addresses addresses) {
    super(chain, new Settlement(chain, addresses).demands());
  }

  public Terms terms() {
    return struct(Terms.class, TypedData.encodeCall("terms"));
  }

  /**
   * The receipts of a dispatcher that were asked for in a block range, both ends included, settled
   * or not.
   */
  public List<Bytes32> demanded(Address dispatcher, long from, long to) {
    return DEMANDED.in(chain(), address(), from, to).stream()
        .map(Event.Emitted::indexed)
        .filter(index -> index.dispatcher().equals(dispatcher))
        .map(Index::receipt)
        .toList();
  }

  public Demand demand(Bytes32 receipt) {
    return struct(Demand.class, TypedData.encodeCall("demandOf", new OfReceipt(receipt)));
  }

  /** Asks for a worker's pay; the sender has approved the bond for {@link #address()}. */
  public Mined demand(
      TransactionSender sender, Signed<Receipt> receipt, Signed<Acknowledgement> acknowledgement) {
    return send(sender, "demanding the pay of a receipt", demanding(receipt, acknowledgement));
  }

  private static Bytes demanding(Signed<Receipt> receipt, Signed<Acknowledgement> acknowledgement) {
    return TypedData.encodeCall(
        "demand",
        new DemandCall(
            receipt.value(),
            receipt.signature(),
            acknowledgement.value(),
            acknowledgement.signature()));
  }

  /**
   * The same, once: asked for again, also by the next process with the sender's outbox, it waits
   * for the transaction that was sent. A receipt can be demanded anew when the batch that answered
   * was cancelled.
   *
   * @param undone header of that batch; zero if none answered
   */
  public Mined demandOnce(
      TransactionSender sender,
      Signed<Receipt> receipt,
      Signed<Acknowledgement> acknowledgement,
      Bytes32 undone) {
    return sender.callOnce(
        "demand %s after %s".formatted(acknowledgement.value().receipt(), undone),
        "demanding the pay of a receipt",
        address(),
        demanding(receipt, acknowledgement));
  }

  /** Shows that a demanded receipt was settled. */
  public Mined answer(
      TransactionSender sender, BatchHeader header, ReceiptLeaf leaf, ReceiptTree.Proof proof) {
    return send(
        sender,
        "answering a demand with batch " + header.number(),
        TypedData.encodeCall("answer", new Answer(leaf.receipt(), header, leaf, proof)));
  }

  /** Has an unanswered demand paid out of the dispatcher's stake. */
  public Mined enforce(TransactionSender sender, Bytes32 receipt) {
    return send(
        sender, "enforcing a demand", TypedData.encodeCall("enforce", new OfReceipt(receipt)));
  }
}
