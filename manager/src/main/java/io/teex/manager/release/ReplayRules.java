package io.teex.manager.release;

import static io.teex.manager.release.Checks.require;
import static io.teex.protocol.ErrorCode.LEASE_INVALID;
import static io.teex.protocol.ErrorCode.REPLAY_REFUSED;

import io.teex.attestation.TimeInterval;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Licence;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.OrderAuthority;
import io.teex.protocol.Receipt;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.Role;
import io.teex.protocol.Session;
import io.teex.protocol.Signed;
import io.teex.protocol.TaskId;
import io.teex.protocol.TypedData;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who may have a task executed again: its user alone, whose input it takes, for a while, so often,
 * and by another worker than the one she doubts; and over data only with its owner's leave.
 */
final class ReplayRules {
  /** The most replays of one task that get its keys: nobody pays for them. */
  static final int REPLAYS_MAX = 3;

  /** How long after an order's deadline its task may be replayed. */
  static final long WINDOW_SECONDS = 7 * 24 * 3_600;

  private final ManagerIdentity manager;
  private final AuthorityRules authority;

  ReplayRules(ManagerIdentity manager, AuthorityRules authority) {
    this.manager = manager;
    this.authority = authority;
  }

  /**
   * What signatures alone can prove.
   *
   * @throws io.teex.protocol.TeexException {@code SIGNATURE_INVALID}, {@code ORDER_MISMATCH},
   *     {@code CERTIFICATE_INVALID}, {@code LEASE_INVALID} or {@code REPLAY_REFUSED}
   */
  ReplayClaim check(ReplayAsk ask, TimeInterval now) {
    Order order = ask.order().value();
    Signed<Session> session = ask.session();
    if (session == null) {
      OrderAuthority.require(manager.domain(), ask.order());
    } else {
      OrderAuthority.require(manager.domain(), ask.order(), session);
    }
    ask.replay().requireSigner(manager.domain(), order.user());
    TaskId task = order.id(manager.domain());
    Replay replay = ask.replay().value();
    Receipt receipt = ask.receipt().value();
    require(
        replay.taskId().equals(task) && receipt.taskId().equals(task),
        REPLAY_REFUSED,
        "the replay is of task %s and the receipt of task %s, the order is task %s",
        replay.taskId(),
        receipt.taskId(),
        task);
    Bytes32 doubted = receipt.hash(manager.domain());
    require(
        replay.receipt().equals(doubted),
        REPLAY_REFUSED,
        "the replay is for receipt %s, the receipt is %s",
        replay.receipt(),
        doubted);
    ask.receipt().requireSigner(manager.domain(), receipt.worker());
    require(
        !Dates.mayBeOver(now, replay.expiry()),
        REPLAY_REFUSED,
        "the replay was to begin by %s, it is %s: sign another",
        Dates.instant(replay.expiry()),
        now.latest());
    require(
        !Dates.mayBeOver(now, order.deadline() + WINDOW_SECONDS),
        REPLAY_REFUSED,
        "task %s ended at %s at the latest; it can be replayed for %d days after that",
        task,
        Dates.instant(order.deadline()),
        WINDOW_SECONDS / (24 * 3_600));
    checkWorker(ask, replay, receipt, now);
    return new ReplayClaim(task, order, receipt, replay, TypedData.hash(manager.domain(), replay));
  }

  private void checkWorker(ReplayAsk ask, Replay replay, Receipt receipt, TimeInterval now) {
    NodeCertificate worker = authority.caller(ask.worker(), Role.WORKER, ask.caller(), now);
    require(
        replay.worker().equals(worker.signer()),
        LEASE_INVALID,
        "the replay is for worker %s, the caller is %s",
        replay.worker(),
        worker.signer());
    require(
        !receipt.worker().equals(worker.signer()),
        REPLAY_REFUSED,
        "worker %s signed the receipt itself: have another one replay the task",
        worker.signer());
    require(
        ask.caller().kind().isIn(ask.order().value().tier().teeKinds()),
        LEASE_INVALID,
        "worker %s is a %s TEE, which the order does not accept",
        worker.signer(),
        ask.caller().kind());
  }

  /**
   * @throws io.teex.protocol.TeexException {@code REPLAY_REFUSED} unless the licence's owner gave
   *     leave for this task, or {@code SIGNATURE_INVALID}
   */
  void checkLeave(ReplayAsk ask, TaskId task, Licence licence, TimeInterval now) {
    Bytes32 digest = licence.digest();
    Optional<Signed<ReplayLeave>> leave =
        ask.leaves().stream()
            .filter(signed ->
                signed.value().licenceDigest().equals(digest)
                    && signed.value().taskId().equals(task))
            .findFirst();
    require(
        leave.isPresent(),
        REPLAY_REFUSED,
        "the task used data under licence %s: its owner %s has to give leave for a replay of it",
        digest,
        licence.owner());
    leave.orElseThrow().requireSigner(manager.domain(), licence.owner());
    require(
        !Dates.mayBeOver(now, leave.orElseThrow().value().expiry()),
        REPLAY_REFUSED,
        "the leave of %s ended at %s: ask for another",
        licence.owner(),
        Dates.instant(leave.orElseThrow().value().expiry()));
  }

  /**
   * The counting as a function: what the ledger holds and what is claimed, to what it holds next;
   * equal to what it held if this very replay was released before.
   *
   * @param release what was released for the task, if anything
   * @throws io.teex.protocol.TeexException {@code REPLAY_REFUSED}
   */
  static ReplayRecord next(
      Optional<TaskRelease> release, ReplayRecord before, ReplayClaim claim, List<Bytes32> uses) {
    Receipt receipt = claim.receipt();
    require(
        release.isPresent()
            && release.get().attempts().stream()
                .anyMatch(attempt ->
                    attempt.dispatcher().equals(receipt.dispatcher())
                        && attempt.number() == receipt.attempt()
                        && attempt.worker().equals(receipt.worker()))
            && release.get().licences().containsAll(uses),
        REPLAY_REFUSED,
        "nothing was released to worker %s for attempt %d of task %s: its receipt is of no execution",
        receipt.worker(),
        receipt.attempt(),
        claim.task());
    if (before.replays().contains(claim.id())) {
      return before;
    }
    require(
        before.replays().size() < REPLAYS_MAX,
        REPLAY_REFUSED,
        "all %d replays of task %s are taken",
        REPLAYS_MAX,
        claim.task());
    List<Bytes32> replays = new ArrayList<>(before.replays());
    replays.add(claim.id());
    return new ReplayRecord(replays);
  }
}
