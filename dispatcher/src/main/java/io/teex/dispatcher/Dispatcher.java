package io.teex.dispatcher;

import io.teex.protocol.Debit;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.teeds.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * A dispatcher without its network: rules, ledger, workers and settlement, wired over a chain, a
 * store, and a way to reach workers. Opening it resumes where the last process stopped.
 */
final class Dispatcher implements AutoCloseable {
  private static final Duration SETTLER_PERIOD = Duration.ofMillis(200);
  private static final Duration REQUESTS_PERIOD = Duration.ofMillis(250);
  private static final Duration QUESTIONS_PERIOD = Duration.ofSeconds(2);
  private static final Duration FORGETTING_PERIOD = Duration.ofMinutes(1);
  private static final int REQUEST_BLOCKS_MAX = 2_000;
  private static final int REQUEST_BLOCKS_OVERLAP = 8;

  /**
   * What a dispatcher is put upon.
   *
   * @param tribunal where its batches are challenged
   * @param assignment hands requests to workers
   * @param firstBlock that may hold an on-chain request
   * @param threads on which requests look for workers
   * @param takenOver what to do when another process took over
   */
  record Ground(
      Wallet wallet,
      Chain chain,
      Tribunal tribunal,
      Store store,
      RequestDesk.Assignment assignment,
      long firstBlock,
      InstantSource clock,
      Executor threads,
      Runnable takenOver) {}

  private final DispatcherSettings settings;
  private final DispatcherLog log = new DispatcherLog();
  private final List<Loop> loops = new ArrayList<>();
  private final WorkerPool workers;
  private final Ledger ledger;
  private final Batches batches;
  private final OrderDesk orders;
  private final ReceiptDesk receipts;
  private final RequestDesk requests;
  private final Settler settler;
  private final Sweeper sweeper;
  private final Advocate advocate;

  private Dispatcher(DispatcherSettings settings, Ground ground) {
    this.settings = settings;
    Wallet wallet = ground.wallet();
    Chain chain = ground.chain();
    InstantSource clock = ground.clock();
    requireTimeToSettle(settings, chain.withdrawDelay());
    requireMemory(settings, ground.tribunal());
    Journal journal =
        Journal.open(
            ground.store(),
            new Retention(clock, settings.orders().keep()),
            () -> {
              log.takenOver(wallet.address());
              ground.takenOver().run();
            });
    batches = new Batches(journal, wallet.domain());
    ledger = Ledger.open(journal, batches.underWay().map(Batch::debits).orElse(List.<Debit>of()));
    workers = new WorkerPool(clock, settings.workers().silenceMax());
    Leases leases =
        new Leases(
            workers,
            ledger,
            new Leases.Limits(settings.workers().lease(), settings.orders().attemptsMax()),
            clock,
            journal.epoch());
    leases.resume();
    OrderRules rules =
        new OrderRules(
            wallet.domain(),
            wallet.address(),
            settings.payout(),
            settings.basisPoints(),
            settings.orders().lifeMax());
    orders =
        new OrderDesk(
            rules,
            chain,
            ledger,
            leases,
            new OrderDesk.Limits(settings.orders().queueMax(), settings.orders().patience()),
            clock);
    receipts =
        new ReceiptDesk(
            new ReceiptRules(wallet.domain(), wallet.address()),
            new Acknowledger(wallet.domain(), wallet.signer(), settings.batches().settleWithin()),
            chain,
            ledger,
            leases,
            new Evidence(wallet.domain(), journal, log),
            clock);
    requests =
        new RequestDesk(
            rules,
            chain,
            ledger,
            leases,
            new Cursor(journal, ground.firstBlock() - 1),
            ground.assignment(),
            new RequestDesk.Limits(
                REQUEST_BLOCKS_MAX, REQUEST_BLOCKS_OVERLAP, settings.orders().patience()),
            log,
            clock,
            ground.threads());
    settler =
        new Settler(
            wallet,
            chain,
            ledger,
            batches,
            new BatchReceipts(wallet.domain(), ledger, journal),
            new Settler.Limits(
                new BatchPlan.Limits(settings.batches().tasksMax(), settings.batches().gasMax()),
                settings.batches().patience(),
                settings.batches().payersMin(),
                settings.batches().posting(),
                settings.batches().settleWithin().dividedBy(2)),
            log,
            clock);
    advocate = new Advocate(wallet.domain(), ground.tribunal(), batches, journal, log);
    sweeper = new Sweeper(chain, ledger, leases, log, clock, settings.workers().silenceMax());
  }

  /**
   * Opens a dispatcher on what its last process left.
   *
   * @throws TeexException {@code STORE_CORRUPT} if the store is older than what the chain settled;
   *     {@code USAGE} if orders could outlive their allowances
   */
  static Dispatcher open(DispatcherSettings settings, Ground ground) {
    Dispatcher dispatcher = new Dispatcher(settings, ground);
    dispatcher.settler.requireFreshJournal();
    dispatcher.log.resumed(dispatcher.ledger.tasks().size(), dispatcher.ledger.lanes().size());
    return dispatcher;
  }

  /** Begins to sweep, to settle and to look for requests. */
  void start() {
    Duration sweep = settings.workers().silenceMax().dividedBy(4);
    loops.add(new Loop("sweep", sweep, sweeper::sweep, log));
    loops.add(new Loop("settlement", SETTLER_PERIOD, settler::poll, log));
    loops.add(new Loop("requests", REQUESTS_PERIOD, requests::poll, log));
    loops.add(new Loop("questions", QUESTIONS_PERIOD, advocate::poll, log));
    loops.add(new Loop("forgetting", FORGETTING_PERIOD, ledger::forget, log));
  }

  DispatcherSettings settings() {
    return settings;
  }

  OrderDesk orders() {
    return orders;
  }

  ReceiptDesk receipts() {
    return receipts;
  }

  ResultDesk results() {
    return new ResultDesk(ledger);
  }

  WorkerPool workers() {
    return workers;
  }

  RequestDesk requests() {
    return requests;
  }

  Settler settler() {
    return settler;
  }

  Sweeper sweeper() {
    return sweeper;
  }

  Advocate advocate() {
    return advocate;
  }

  Batches batches() {
    return batches;
  }

  Ledger ledger() {
    return ledger;
  }

  DispatcherLog log() {
    return log;
  }

  @Override
  public void close() {
    loops.forEach(Loop::close);
  }

  /** What is forgotten cannot be shown to whoever challenges it. */
  private static void requireMemory(DispatcherSettings settings, Tribunal tribunal) {
    Duration needed = tribunal.memory(settings.batches().settleWithin());
    if (settings.orders().keep().compareTo(needed) < 0) {
      throw new TeexException(
          ErrorCode.USAGE,
          "results.keep is %s; the contracts may ask for a settled task for %s, so keep it as long"
              .formatted(settings.orders().keep(), needed));
    }
  }

  /** What is accepted just before a lane is closed has to be settled before its release. */
  private static void requireTimeToSettle(DispatcherSettings settings, Duration withdrawDelay) {
    Duration needed = settings.orders().lifeMax().plus(settings.batches().settleWithin());
    if (needed.compareTo(withdrawDelay) >= 0) {
      throw new TeexException(
          ErrorCode.USAGE,
          "order.life-max and settle.within are %s together; allowances can be released %s after they close"
              .formatted(needed, withdrawDelay));
    }
  }
}
