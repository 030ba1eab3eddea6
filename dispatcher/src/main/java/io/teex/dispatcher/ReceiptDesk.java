package io.teex.dispatcher;

import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Receipt;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Takes workers' receipts: the first right one of a task is kept durably and acknowledged, and no
 * other ever is.
 */
final class ReceiptDesk {
  /** What a worker hands in. */
  record Delivery(Signed<Receipt> receipt, String outputCid, Bytes sealedOutputKey) {
    TaskId task() {
      return receipt.value().taskId();
    }
  }

  /** Failures that another worker would meet too. */
  private static final Set<ErrorCode> HOPELESS =
      EnumSet.of(
          ErrorCode.ORDER_MISMATCH,
          ErrorCode.INPUT_MISMATCH,
          ErrorCode.SEALED_INPUT_REFUSED,
          ErrorCode.LICENCE_EXPIRED,
          ErrorCode.LICENCE_EXHAUSTED,
          ErrorCode.LICENCE_REVOKED,
          ErrorCode.LICENCE_REFUSED,
          ErrorCode.BLOB_TAMPERED,
          ErrorCode.FORBIDDEN_IMPORT,
          ErrorCode.INVALID_MODULE);

  private final ReceiptRules rules;
  private final Acknowledger acknowledger;
  private final Chain chain;
  private final Ledger ledger;
  private final Leases leases;
  private final Evidence evidence;
  private final InstantSource clock;

  ReceiptDesk(
      ReceiptRules rules,
      Acknowledger acknowledger,
      Chain chain,
      Ledger ledger,
      Leases leases,
      Evidence evidence,
      InstantSource clock) {
    this.rules = rules;
    this.acknowledger = acknowledger;
    this.chain = chain;
    this.ledger = ledger;
    this.leases = leases;
    this.evidence = evidence;
    this.clock = clock;
  }

  /**
   * Keeps a receipt and acknowledges it; the same receipt again gets the same answer.
   *
   * @throws TeexException {@code NOT_FOUND}; {@code ALREADY_EXISTS} if another receipt was kept;
   *     what {@link ReceiptRules#judge} throws
   */
  Signed<Acknowledgement> complete(Delivery delivery) {
    TaskId id = delivery.task();
    // It may be filed as settled while this waits for its book.
    return ledger
        .bookOf(id)
        .flatMap(book -> book.with(() -> book.find(id).map(task -> complete(book, task, delivery))))
        .orElseGet(
            () -> again(ledger.findSettled(id).orElseThrow(() -> notFound(id)).task(), delivery));
  }

  /**
   * The attempt's worker could not execute: the task goes to another one, or is refused if that
   * would not help.
   */
  void abandon(TaskId id, int attempt, Bytes32 tlsKeyHash, ErrorCode code, String message) {
    Book book = ledger.bookOf(id).orElseThrow(() -> notFound(id));
    Attempt current =
        book.find(id)
            .map(Task::state)
            .filter(TaskState.Leased.class::isInstance)
            .map(state -> ((TaskState.Leased) state).attempt())
            .filter(leased -> leased.number() == attempt)
            .filter(leased -> leased.certificate().value().tlsKeyHash().equals(tlsKeyHash))
            .orElseThrow(() ->
                new TeexException(
                    ErrorCode.LEASE_INVALID,
                    "attempt %d of task %s is not leased to the caller".formatted(attempt, id)));
    if (HOPELESS.contains(code)) {
      leases.refuse(book, id, current.number(), code, message);
    } else {
      leases.lose(book, id, current.number(), code, message);
    }
  }

  private Signed<Acknowledgement> complete(Book book, Task task, Delivery delivery) {
    return switch (task.state()) {
      case TaskState.Acknowledged _, TaskState.Refused _ -> again(task, delivery);
      case TaskState.Queued _ ->
          throw new TeexException(
              ErrorCode.LEASE_INVALID, "task %s is leased to nobody".formatted(task.id()));
      case TaskState.Leased(Attempt attempt) -> {
        MarketView view = chain.view();
        long now = Time.now(clock, view);
        requirePlaced(task, view);
        Signed<Receipt> receipt = delivery.receipt();
        rules.judge(
            task,
            attempt,
            terms(task, receipt.value(), view),
            receipt,
            delivery.outputCid(),
            delivery.sealedOutputKey(),
            now);
        Signed<Acknowledgement> acknowledgement = acknowledger.acknowledge(receipt.value(), now);
        Task done =
            book.move(
                task,
                new TaskState.Acknowledged(
                    attempt,
                    receipt,
                    acknowledgement,
                    delivery.outputCid(),
                    delivery.sealedOutputKey()));
        leases.honour(task, done);
        yield acknowledgement;
      }
    };
  }

  /**
   * An acknowledgement promises to settle, and the user gets her output for it: there has to be a
   * request that pays.
   */
  private static void requirePlaced(Task task, MarketView view) {
    if (task.isRequested() && view.escrow(task.id()).isEmpty()) {
      throw new TeexException(
          ErrorCode.UNAVAILABLE,
          "request %s is not on chain at block %d, a reorganisation undid it: try again, it may come back"
              .formatted(task.id(), view.block().number()));
    }
  }

  /**
   * The worker reads the payees at the beginning of its work, which is after the lease: an owner of
   * any moment since then is right.
   */
  private static Terms terms(Task task, Receipt receipt, MarketView view) {
    Terms terms = task.terms();
    if (terms.pays(receipt)) {
      return terms;
    }
    List<DatasetCharge> datasets = new ArrayList<>();
    for (DatasetCharge charge : terms.datasets()) {
      datasets.add(
          new DatasetCharge(
              charge.id(),
              charge.licenceDigest(),
              view.dataset(charge.id(), charge.licenceDigest())
                  .map(MarketView.Dataset::owner)
                  .orElse(charge.payee()),
              charge.amount()));
    }
    return new Terms(
        terms.price(),
        view.service(task.order().value().service())
            .map(MarketView.Service::owner)
            .orElse(terms.provider()),
        datasets,
        terms.basisPoints(),
        terms.dispatcherPayee());
  }

  private Signed<Acknowledgement> again(Task task, Delivery delivery) {
    if (task.state() instanceof TaskState.Acknowledged done) {
      if (done.receipt().value().equals(delivery.receipt().value())) {
        return done.acknowledgement();
      }
      evidence.keep(task, done, delivery.receipt());
      throw new TeexException(
          ErrorCode.ALREADY_EXISTS, "another receipt of task %s was accepted".formatted(task.id()));
    }
    throw new TeexException(ErrorCode.LEASE_INVALID, "task %s was given up".formatted(task.id()));
  }

  private static TeexException notFound(TaskId id) {
    return new TeexException(ErrorCode.NOT_FOUND, "no task " + id);
  }
}
