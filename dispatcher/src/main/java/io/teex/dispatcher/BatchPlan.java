package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.Debit;
import io.teex.protocol.Domain;
import io.teex.protocol.FeeSplit;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptLeaf;
import io.teex.protocol.ReceiptTree;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Signed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the next batch settles. A plan is a pure function of the tasks that are done: it takes lanes
 * and requests in the order given until a limit is met, each lane from the sequence after the
 * settled one without a gap.
 */
final class BatchPlan {
  /**
   * How much goes into one batch.
   *
   * @param tasksMax at most 1,000,000
   * @param gasMax that the transaction may cost by {@link BatchPlan#gas}; the chain's own limit for
   *     a transaction is 2²⁴, below which every batch is also smaller than nodes' pools take
   */
  record Limits(int tasksMax, long gasMax) {
    Limits atMost(int tasks) {
      return new Limits(tasks, gasMax);
    }
  }

  /**
   * A lane's tasks that wait for settlement.
   *
   * @param lane as it was when they were read
   * @param tasks done, by consecutive sequences from {@code lane.settled() + 1} on
   */
  record DueLane(Lane lane, List<Task> tasks) {
    DueLane {
      tasks = List.copyOf(tasks);
      for (int i = 0; i < tasks.size(); i++) {
        if (tasks.get(i).order().value().sequence() != lane.settled() + 1 + i) {
          throw new IllegalStateException(
              "lane %s/%d does not go on with sequence %d"
                  .formatted(lane.payer(), lane.number(), lane.settled() + 1 + i));
        }
      }
    }

    /**
     * Whether somebody earns from it, or it is long. Orders that are never executed cost their user
     * nothing, so they must not make the dispatcher pay for a transaction each.
     */
    boolean isWorthABatch() {
      return tasks.size() >= VOIDS_MIN || tasks.stream().anyMatch(task -> !task.held().isZero());
    }
  }

  /** Debits, requests and credits together, as the contract bounds them. */
  static final int ENTRIES_MAX = 384;

  /** So many voids of a lane are worth their share of a batch even if nobody earns from it. */
  private static final int VOIDS_MIN = 32;

  // Measured on the contract and rounded up: first-use storage, call data and events included.
  private static final long GAS_FIXED = 220_000;
  private static final long GAS_LANE = 25_000;
  private static final long GAS_REQUEST = 45_000;
  private static final long GAS_CREDIT = 55_000;

  // Of the call's encoding: header, signature, offsets and the transaction around them.
  private static final int BYTES_FIXED = 1_500;
  private static final int BYTES_DEBIT = 128;
  private static final int BYTES_PAYMENT = 64;

  private final Domain domain;
  private final Limits limits;
  private final Amount totalMax;
  private final List<Task> tasks = new ArrayList<>();
  private final List<ReceiptLeaf> leaves = new ArrayList<>();
  private final List<Debit> debits = new ArrayList<>();
  private final List<RequestPayment> requests = new ArrayList<>();
  private final Map<Address, Amount> credits = new TreeMap<>();
  private final Map<Address, Signed<NodeCertificate>> workers = new TreeMap<>();
  private Amount total = Amount.ZERO;
  private boolean isCut;

  private BatchPlan(Domain domain, Limits limits, Amount totalMax) {
    this.domain = domain;
    this.limits = limits;
    this.totalMax = totalMax;
  }

  /**
   * Plans a batch out of what is due; the earlier in the lists, the surer it is in it.
   *
   * @param totalMax what the batch may take altogether: the dispatcher's free stake
   */
  static BatchPlan of(
      Domain domain, Limits limits, Amount totalMax, List<DueLane> lanes, List<Task> requests) {
    BatchPlan plan = new BatchPlan(domain, limits, totalMax);
    requests.forEach(plan::addRequest);
    lanes.forEach(plan::addLane);
    return plan;
  }

  boolean isEmpty() {
    return leaves.isEmpty();
  }

  /** Whether something was left out because the stake does not cover it. */
  boolean isCutByStake() {
    return isCut;
  }

  /** The header that settles this plan after {@code previous}. Only for a plan with tasks. */
  BatchHeader header(Address dispatcher, long number, Bytes32 previous) {
    ReceiptTree tree = ReceiptTree.of(leaves);
    return new BatchHeader(
        dispatcher,
        number,
        previous,
        tree.root(),
        tree.count(),
        tree.total(),
        BatchHeader.digest(Debit.class, debits),
        BatchHeader.digest(RequestPayment.class, requests),
        BatchHeader.digest(Credit.class, credits()));
  }

  List<Debit> debits() {
    return List.copyOf(debits);
  }

  List<RequestPayment> requests() {
    return List.copyOf(requests);
  }

  /** By account, without the accounts that get nothing. */
  List<Credit> credits() {
    return credits.entrySet().stream()
        .map(credit -> new Credit(credit.getKey(), credit.getValue()))
        .toList();
  }

  /** The workers that earn from it, each by its certificate that lives longest. */
  List<Signed<NodeCertificate>> workers() {
    return List.copyOf(workers.values());
  }

  /** What it settles. */
  List<Task> tasks() {
    return List.copyOf(tasks);
  }

  /** At most what settling it costs, without its receipts. */
  long gas() {
    return gas(debits.size(), requests.size(), credits.size());
  }

  /** At most how large its transaction is, without its receipts. */
  int bytes() {
    return BYTES_FIXED
        + debits.size() * BYTES_DEBIT
        + (requests.size() + credits.size()) * BYTES_PAYMENT;
  }

  /** At most what settling this many costs. */
  static long gas(int lanes, int requests, int credits) {
    return GAS_FIXED + lanes * GAS_LANE + requests * GAS_REQUEST + credits * GAS_CREDIT;
  }

  private void addLane(DueLane due) {
    Amount amount = Amount.ZERO;
    long to = due.lane().settled();
    for (Task task : due.tasks()) {
      boolean first = to == due.lane().settled();
      if (to - due.lane().settled() == ReceiptTree.GROUP_LEAVES_MAX
          || !fits(task, first ? 1 : 0, 0)
          || !isCovered(task)) {
        break;
      }
      ReceiptLeaf leaf = leaf(domain, task);
      take(task, leaf);
      amount = amount.plus(leaf.amount());
      to = leaf.sequence();
    }
    if (to > due.lane().settled()) {
      debits.add(new Debit(due.lane().payer(), due.lane().number(), to, amount));
    }
  }

  private void addRequest(Task task) {
    if (requestsOf(task) < ReceiptTree.GROUP_LEAVES_MAX && fits(task, 0, 1) && isCovered(task)) {
      ReceiptLeaf leaf = leaf(domain, task);
      take(task, leaf);
      requests.add(new RequestPayment(task.id(), leaf.amount()));
    }
  }

  private long requestsOf(Task task) {
    return leaves.stream()
        .filter(leaf ->
            leaf.kind() == ReceiptLeaf.Kind.REQUEST
                && leaf.payer().equals(task.payer())
                && leaf.lane() == task.order().value().lane())
        .count();
  }

  private boolean fits(Task task, int newLanes, int newRequests) {
    Set<Address> accounts = new HashSet<>(credits.keySet());
    accounts.addAll(earnings(task).keySet());
    int lanes = debits.size() + newLanes;
    int payments = requests.size() + newRequests;
    return leaves.size() < limits.tasksMax()
        && lanes + payments + accounts.size() <= ENTRIES_MAX
        && gas(lanes, payments, accounts.size()) <= limits.gasMax();
  }

  private boolean isCovered(Task task) {
    boolean covered = task.held().compareTo(totalMax.minus(total)) <= 0;
    isCut |= !covered;
    return covered;
  }

  private void take(Task task, ReceiptLeaf leaf) {
    tasks.add(task);
    leaves.add(leaf);
    total = total.plus(leaf.amount());
    if (task.state() instanceof TaskState.Acknowledged done) {
      workers.merge(
          done.attempt().worker(),
          done.attempt().certificate(),
          (one, other) -> one.value().notAfter() >= other.value().notAfter() ? one : other);
    }
    earnings(task).forEach((account, amount) -> credits.merge(account, amount, Amount::plus));
  }

  /** What the batch's tree says of a task: the one way to find a settled receipt again. */
  static ReceiptLeaf leaf(Domain domain, Task task) {
    Bytes32 receipt =
        switch (task.state()) {
          case TaskState.Acknowledged done -> done.receipt().value().hash(domain);
          case TaskState.Refused _ -> Bytes32.ZERO;
          case TaskState.Queued _, TaskState.Leased _ ->
              throw new IllegalStateException("task %s is not done".formatted(task.id()));
        };
    ReceiptLeaf.Kind lane = receipt.isZero() ? ReceiptLeaf.Kind.VOID : ReceiptLeaf.Kind.RECEIPT;
    return new ReceiptLeaf(
        task.payer(),
        task.order().value().lane(),
        task.isRequested() ? 0 : task.order().value().sequence(),
        task.isRequested() ? ReceiptLeaf.Kind.REQUEST : lane,
        receipt,
        task.held());
  }

  private static Map<Address, Amount> earnings(Task task) {
    Map<Address, Amount> earnings = new TreeMap<>();
    if (task.state() instanceof TaskState.Acknowledged done) {
      Receipt receipt = done.receipt().value();
      FeeSplit fee = receipt.fee();
      earn(earnings, fee.provider(), fee.providerAmount());
      earn(earnings, fee.workerPayee(), fee.workerAmount());
      earn(earnings, fee.dispatcherPayee(), fee.dispatcherAmount());
      for (DatasetCharge charge : receipt.datasets()) {
        earn(earnings, charge.payee(), charge.amount());
      }
    }
    return earnings;
  }

  private static void earn(Map<Address, Amount> earnings, Address account, Amount amount) {
    if (!amount.isZero()) {
      earnings.merge(account, amount, Amount::plus);
    }
  }
}
