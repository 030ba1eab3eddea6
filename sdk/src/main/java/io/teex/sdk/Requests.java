package io.teex.sdk;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.Settlement;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Amount;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.Instant;

/**
 * Orders that were placed on chain, as the chain has them. It needs nobody else: a user gets her
 * escrow back when manager and dispatchers are gone.
 */
public final class Requests {
  private final ChainClient chain;
  private final Settlement settlement;

  public Requests(ChainClient chain, Addresses addresses) {
    this.chain = chain;
    this.settlement = new Settlement(chain, addresses);
  }

  /**
   * @throws TeexException {@code NOT_FOUND}
   */
  public Settlement.Request require(TaskId task) {
    return settlement
        .request(task)
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.NOT_FOUND,
                "the chain knows no request %s: only an order that was placed on chain has an escrow"
                    .formatted(task)));
  }

  /**
   * Gives the escrow of a request that nobody served back to its user, whoever sends it.
   *
   * @return what her free balance grows by
   * @throws TeexException {@code NOT_FOUND}; {@code CHAIN_REJECTED} if it was paid or reclaimed;
   *     {@code WITHDRAWAL_PENDING} while a dispatcher may still settle it
   */
  public Amount reclaim(TransactionSender sender, TaskId task) {
    Settlement.Request request = require(task);
    if (request.state() != Settlement.RequestState.OPEN) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          request.state() == Settlement.RequestState.PAID
              ? "request %s was served and paid: what it did not cost is in its user's free balance"
                  .formatted(task)
              : "request %s was reclaimed before".formatted(task));
    }
    Instant from = Instant.ofEpochSecond(request.reclaimableAt());
    Instant now = Instant.ofEpochSecond(chain.head().time());
    if (now.isBefore(from)) {
      throw new TeexException(
          ErrorCode.WITHDRAWAL_PENDING,
          "request %s can be reclaimed from %s on, a dispatcher may settle it until then; it is %s"
              .formatted(task, from, now));
    }
    settlement.reclaim(sender, task);
    return request.escrow();
  }
}
