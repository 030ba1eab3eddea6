package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.List;

/** What a dispatcher's batches took from a payer's lanes, as the events of the settlement tell. */
public final class LaneDebits {
  /**
   * One batch's debit of one lane.
   *
   * @param previous the last sequence that was settled before
   * @param to the last one that the batch settled
   */
  public record Taken(
      int lane, long previous, long to, Amount amount, long block, Bytes32 transaction) {
    /** Whether the batch settled the sequence, be it as work or as void. */
    public boolean covers(long sequence) {
      return previous < sequence && sequence <= to;
    }
  }

  private record Index(Address payer, Address dispatcher, int lane) {}

  private record Details(long previous, long to, Amount amount) {}

  private static final Event<Index, Details> LANE_DEBITED =
      Event.of("LaneDebited", Index.class, Details.class);

  private final ChainReader chain;
  private final Settlement settlement;

  public LaneDebits(ChainReader chain, Addresses addresses) {
    this.chain = chain;
    this.settlement = new Settlement(chain, addresses);
  }

  /** In a block range, both ends included, in order. */
  public List<Taken> of(Address payer, Address dispatcher, long from, long to) {
    return LANE_DEBITED
        .in(chain, settlement.address(), from, to, Event.word(payer), Event.word(dispatcher))
        .stream()
        .map(event ->
            new Taken(
                event.indexed().lane(),
                event.data().previous(),
                event.data().to(),
                event.data().amount(),
                event.log().block(),
                event.log().transaction()))
        .toList();
  }

  /**
   * The batch that took it.
   *
   * @throws TeexException {@code CHAIN_UNAVAILABLE} if the node does not know it any more
   */
  public Settlement.Settled batch(Address dispatcher, Taken taken) {
    return settlement.batches(dispatcher, taken.block(), taken.block()).stream()
        .filter(settled -> settled.transaction().equals(taken.transaction()))
        .findFirst()
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.CHAIN_UNAVAILABLE,
                "transaction %s took from lane %d and its batch is gone: a reorganisation undid it, ask again"
                    .formatted(taken.transaction(), taken.lane())));
  }
}
