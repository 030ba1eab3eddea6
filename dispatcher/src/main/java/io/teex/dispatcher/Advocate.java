package io.teex.dispatcher;

import io.teex.chain.Court;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers whoever doubts this dispatcher's batches: shows the orders and receipts of a challenged
 * debit or request, and that a demanded receipt was settled. Unanswered, a challenge undoes the
 * batch and freezes the dispatcher for ever. The bonds that it wins go to its owner.
 */
final class Advocate {
  /** So many leaves of a group go into one transaction: 2⁶, far below what one may cost. */
  private static final int PART_HEIGHT = 6;

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
    Case facts = facts(batch);
    int index = challenge.question().index().intValueExact();
    if (challenge.question().subject() == Court.Subject.DEBIT) {
      show(challenge, batch, batch.debits().get(index), facts);
    } else {
      show(challenge, batch, batch.requests().get(index).taskId(), facts);
    }
    owed = true;
    log.answered(batch.number(), challenge.question().subject());
  }

  /** Everything that a batch settled, and the tree over it. */
  private record Case(Map<ReceiptLeaf, Task> tasks, ReceiptTree tree) {}

  private Case facts(Batch batch) {
    Map<ReceiptLeaf, Task> tasks = new LinkedHashMap<>();
    for (Task task : journal.settledIn(batch.number())) {
      tasks.put(BatchPlan.leaf(domain, task), task);
    }
    return new Case(tasks, ReceiptTree.of(List.copyOf(tasks.keySet())));
  }

  private void show(Tribunal.Challenge challenge, Batch batch, Debit debit, Case facts) {
    ReceiptTree.Group group =
        facts.tree().groups().stream()
            .filter(one ->
                !one.isRequests()
                    && one.payer().equals(debit.payer())
                    && one.lane() == debit.lane())
            .findFirst()
            .orElseThrow();
    int size = 1 << PART_HEIGHT;
    for (int first = 0; first < group.leaves().size(); first += size) {
      if (!challenge.shown().testBit(first)) {
        int end = Math.min(group.leaves().size(), first + size);
        Court.Part part = part(facts, group.leaves().subList(first, end), first);
        tribunal.answer(challenge, batch.header().value(), part);
      }
    }
  }

  private static Court.Part part(Case facts, List<ReceiptLeaf> leaves, int first) {
    ReceiptTree.Proof proof = facts.tree().prove(leaves.getFirst());
    int height = Math.min(PART_HEIGHT, proof.group().size());
    BigInteger voids = BigInteger.ZERO;
    List<Court.Charge> charges = new ArrayList<>();
    List<Bytes> sessions = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i++) {
      Task task = facts.tasks().get(leaves.get(i));
      if (task != null && task.state() instanceof TaskState.Acknowledged done) {
        charges.add(charge(task, done, sessions));
      } else {
        voids = voids.setBit(i);
      }
    }
    return new Court.Part(
        first,
        leaves.size(),
        height,
        voids,
        charges,
        sessions.stream().map(Advocate::session).toList(),
        proof.group().subList(height, proof.group().size()),
        proof.top());
  }

  /** Many orders of one session need its document once. */
  private static Court.Charge charge(Task task, TaskState.Acknowledged done, List<Bytes> sessions) {
    int session = 0;
    if (!task.session().isEmpty()) {
      if (!sessions.contains(task.session())) {
        sessions.add(task.session());
      }
      session = sessions.indexOf(task.session()) + 1;
    }
    return new Court.Charge(
        task.order().value(),
        task.order().signature(),
        session,
        done.receipt().value(),
        done.receipt().signature());
  }

  private static Court.SignedSession session(Bytes encoded) {
    Signed<Session> session = Signed.decode(Session.class, encoded.copy());
    return new Court.SignedSession(session.value(), session.signature());
  }

  private void show(Tribunal.Challenge challenge, Batch batch, TaskId request, Case facts) {
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
