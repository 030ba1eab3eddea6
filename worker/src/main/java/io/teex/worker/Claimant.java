package io.teex.worker;

import io.teex.chain.Demands;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sees to it that acknowledged work is paid. It keeps each claim until its batch is final, and
 * demands it on chain if the settle-by date and the grace passed without a batch. What the chain
 * says decides, so a worker that starts again demands nothing twice; and what a batch passed is not
 * demanded, unless the batch credits the payee less than the passed claims earn together: then it
 * voided some that it had acknowledged.
 */
final class Claimant implements Acknowledgements, AutoCloseable {
  /** A claim that is settled is looked at again so often until its batch is final. */
  private static final Duration REST_MAX = Duration.ofHours(1);

  /**
   * What demanding may cost.
   *
   * @param openMax bonds that may be at risk at once
   * @param payMin what less than is not worth the gas
   */
  record Limits(int openMax, Amount payMin) {}

  private final ClaimBook book;
  private final Forum forum;
  private final Limits limits;
  private final WorkerLog log;
  private final CountDownLatch stop = new CountDownLatch(1);

  /** Until when a claim is left alone, in the chain's time. */
  private final Map<Bytes32, Long> rests = new HashMap<>();

  /** By batch, what the claims earn that it passed. */
  private final Map<Bytes32, Map<Bytes32, Amount>> passed = new HashMap<>();

  Claimant(ClaimBook book, Forum forum, Limits limits, WorkerLog log) {
    this.book = book;
    this.forum = forum;
    this.limits = limits;
    this.log = log;
  }

  @Override
  public void keep(
      Attempt attempt, Signed<Receipt> receipt, Signed<Acknowledgement> acknowledgement) {
    Claim claim = new Claim(receipt, acknowledgement, Claim.Place.of(attempt.order()));
    if (claim.pay().isZero() || claim.pay().compareTo(limits.payMin()) < 0) {
      return;
    }
    try {
      book.keep(claim);
    } catch (IOException e) {
      // The work is acknowledged: the user gets its output whether or not we can keep the proof.
      log.claimNotKept(claim.id(), e);
    }
  }

  /** Begins to look after the claims. */
  void start(Duration period) {
    Thread.ofVirtual().name("claims").start(() -> run(period));
  }

  private void run(Duration period) {
    try {
      while (!stop.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          poll();
        } catch (TeexException e) {
          log.claimsNotLookedAt(e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks at every claim whose time has come; what fails is tried again at the next call. */
  void poll() {
    long now = forum.now();
    Forum.Terms terms = forum.terms();
    Map<Claim, Demands.Demand> due = new LinkedHashMap<>();
    for (Claim claim : book.all()) {
      if (now > claim.settleBy() + terms.grace() && now >= rests.getOrDefault(claim.id(), 0L)) {
        due.put(claim, forum.demandOf(claim.id()));
      }
    }
    int open =
        (int) due.values().stream().filter(kept -> kept.state() == Demands.State.OPEN).count();
    boolean solvent = due.isEmpty() || forum.canBond();
    if (!solvent) {
      log.bondMissing(due.size());
    }
    for (Map.Entry<Claim, Demands.Demand> each : due.entrySet()) {
      try {
        int left = solvent ? limits.openMax() - open : 0;
        if (look(each.getKey(), each.getValue(), now, new Purse(solvent, left))) {
          open++;
          solvent = forum.canBond();
        }
      } catch (TeexException e) {
        log.claimFailed(each.getKey().id(), e);
      }
    }
    if (!due.isEmpty()) {
      Amount collected = forum.collect();
      if (!collected.isZero()) {
        log.collected(collected);
      }
    }
  }

  /**
   * What can be laid down.
   *
   * @param solvent whether there is a bond at all
   * @param left how many more may be at risk
   */
  private record Purse(boolean solvent, int left) {}

  /**
   * @return whether it was demanded now
   */
  private boolean look(Claim claim, Demands.Demand demand, long now, Purse purse) {
    return switch (demand.state()) {
      case OPEN -> {
        if (now > demand.deadline()) {
          forum.enforce(claim.id());
          log.demandWon(claim.id(), claim.pay(), claim.payee());
          drop(claim);
        }
        yield false;
      }
      case WON -> {
        drop(claim);
        yield false;
      }
      case ANSWERED -> {
        if (!forum.isCancelled(demand.settledIn())) {
          restOrDrop(claim, now, end(claim));
          yield false;
        }
        yield demand(claim, demand.settledIn(), now, purse.solvent());
      }
      case NONE ->
          switch (forum.settled(claim)) {
            case Forum.Settled.Passed batch when !isShort(claim, batch) -> {
              restOrDrop(claim, now, batch.finalAt());
              yield false;
            }
            case Forum.Settled.Passed _ ->
                demand(claim, Bytes32.ZERO, now, purse.solvent() && purse.left() > 0);
            case Forum.Settled.Nowhere _ ->
                demand(claim, Bytes32.ZERO, now, purse.solvent() && isWorthTheRisk(claim, purse));
          };
    };
  }

  /** A dispatcher that was frozen settles nothing any more: there is nothing that it could show. */
  private boolean isWorthTheRisk(Claim claim, Purse purse) {
    return purse.left() > 0 || forum.isFrozen(claim.dispatcher());
  }

  private boolean demand(Claim claim, Bytes32 undone, long now, boolean mayDemand) {
    if (now > end(claim)) {
      log.claimLost(claim.id(), claim.pay());
      drop(claim);
      return false;
    }
    if (!mayDemand) {
      return false; // once one of the open ones is decided
    }
    forum.demand(claim, undone);
    log.demanded(claim.id(), claim.dispatcher(), claim.pay());
    return true;
  }

  /** Whether a batch voided some of the claims that it passed. */
  private boolean isShort(Claim claim, Forum.Settled.Passed batch) {
    Map<Bytes32, Amount> claims = passed.computeIfAbsent(batch.batch(), _ -> new HashMap<>());
    claims.put(claim.id(), claim.pay());
    Amount earned = claims.values().stream().reduce(Amount.ZERO, Amount::plus);
    return earned.compareTo(batch.credited()) > 0;
  }

  private long end(Claim claim) {
    return claim.settleBy() + forum.terms().memory();
  }

  private void restOrDrop(Claim claim, long now, long finalAt) {
    if (now >= finalAt) {
      drop(claim);
    } else {
      rests.put(claim.id(), Math.min(finalAt, now + REST_MAX.toSeconds()));
    }
  }

  private void drop(Claim claim) {
    rests.remove(claim.id());
    passed.values().forEach(claims -> claims.remove(claim.id()));
    passed.values().removeIf(Map::isEmpty);
    try {
      book.drop(claim);
    } catch (IOException e) {
      throw new UncheckedIOException("claim %s cannot be removed".formatted(claim.id()), e);
    }
  }

  @Override
  public void close() {
    stop.countDown();
  }
}
