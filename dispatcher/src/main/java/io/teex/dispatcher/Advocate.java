package io.teex.dispatcher;

import io.teex.chain.Court;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers whoever doubts this dispatcher's batches: shows the orders and receipts of a challenged
 * debit or request, and that a demanded receipt was settled. Unanswered, a challenge undoes the
 * batch and freezes the dispatcher for ever. The bonds that it wins go to its owner.
 */
final class Advocate {
  /** Challenges come within the window, so the batch is among the newest. */
  private static final long BATCHES_SEARCHED = 1_000;

  private static final long BATCHES_REPLACED = 8;

  private final Domain domain;
  private final Tribunal tribunal;
  private final Batches batches;
  private final Journal journal;
  private final DispatcherLog log;
  private final Map<Bytes32, Long> numbers = new HashMap<>();
  private long known;
  private boolean owed = true; // what the last process won may be there still

  Advocate(Domain domain, Tribunal tribunal, Batches batches, Journal journal, DispatcherLog log) {
    this.domain = domain;
    this.tribunal = tribunal;
    this.batches = batches;
    this.journal = journal;
    this.log = log;
  }

  /** Answers all that is asked now; what cannot be answered yet is tried again at the next call. */
  void poll() {
    for (Tribunal.Challenge challenge : tribunal.challenges()) {
      attempt("challenge of batch " + challenge.question().header(), () -> answer(challenge));
    }
    for (Bytes32 receipt : tribunal.demands()) {
      attempt("demand for receipt " + receipt, () -> answer(receipt));
    }
    if (owed) {
      attempt("bonds that were won", this::collect);
    }
  }

  /** One question that cannot be answered must not keep the others waiting. */
  private void attempt(String question, Runnable answer) {
    try {
      answer.run();
    } catch (TeexException e) {
      log.notAnswered(question, e);
    }
  }

  private void collect() {
    tribunal.collect();
    owed = false;
  }

  private void answer(Tribunal.Challenge challenge) {
    Optional<Batch> own = find(challenge.question().header());
    if (own.isEmpty()) {
      return; // another dispatcher's
    }
    Batch batch = own.get();
    Facts facts = facts(batch);
    int index = challenge.question().index().intValueExact();
    if (challenge.question().subject() == Court.Subject.DEBIT) {
      show(challenge, batch, batch.debits().get(index), facts);
    } else {
      show(challenge, batch, batch.requests().get(index).taskId(), facts);
    }
    owed = true;
    log.answered(batch.number(), challenge.question().subject());
  }

  private Facts facts(Batch batch) {
    return Facts.of(domain, journal.settledIn(batch.number()));
  }

  private void show(Tribunal.Challenge challenge, Batch batch, Debit debit, Facts facts) {
    BatchHeader header = batch.header().value();
    for (Court.Part part : DebitParts.of(challenge, header, facts, debit)) {
      tribunal.answer(challenge, header, part);
    }
  }

  private void show(Tribunal.Challenge challenge, Batch batch, TaskId request, Facts facts) {
    facts
        .tasks()
        .forEach((leaf, task) -> {
          if (task.id().equals(request) && task.state() instanceof TaskState.Acknowledged done) {
            tribunal.answer(
                challenge,
                batch.header().value(),
                leaf.lane(),
                done.receipt(),
                facts.tree().prove(leaf));
          }
        });
  }

  /** What is not settled yet is answered once it is: {@link Settler} is at it. */
  private void answer(Bytes32 receipt) {
    Optional<SettledTask> settled = journal.settledReceipt(domain, receipt);
    if (settled.isEmpty() || settled.get().in().batch() == 0) {
      return;
    }
    Batch batch = batches.landed(settled.get().in().batch());
    ReceiptLeaf leaf = BatchPlan.leaf(domain, settled.get().task());
    tribunal.answer(batch.header().value(), leaf, facts(batch).tree().prove(leaf));
    owed = true;
    log.demandAnswered(batch.number(), settled.get().task().id());
  }

  /** Most challenges are of other dispatchers' batches, and asked about again and again. */
  private Optional<Batch> find(Bytes32 header) {
    long newest = batches.landed().number();
    if (newest > known) {
      remember(Math.max(known, newest - BATCHES_SEARCHED), newest);
      known = newest;
    } else if (!numbers.containsKey(header)) {
      // A reorganisation may have brought another batch of a number in.
      remember(Math.max(0, newest - BATCHES_REPLACED), newest);
    }
    return Optional.ofNullable(numbers.get(header)).map(batches::landed);
  }

  private void remember(long after, long newest) {
    for (long number = after + 1; number <= newest; number++) {
      numbers.put(batches.landed(number).hash(domain), number);
    }
  }
}
