package io.teex.manager.release;

import io.teex.manager.state.StateKeys;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.teeds.Change;
import io.teex.teeds.Comparison;
import io.teex.teeds.Store;
import io.teex.teeds.Transaction;
import io.teex.teeds.TransactionResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Carries {@link Ledger}'s decisions out in TEE-DS: one transaction that compares everything that
 * the decision read, so that uses are counted exactly once whoever else writes.
 *
 * <p>It remembers what it last saw of each licence and supposes that a task is new. A transaction
 * whose comparison fails tells what is really there, and the decision is made again: in the usual
 * case a release costs one round trip. Remembering wrongly costs another, and never a wrong answer.
 */
public final class ReleaseLedger {
  private static final int ROUNDS_MAX = 32;

  private final Store store;
  private final Map<Bytes, Held> lastSeen = new ConcurrentHashMap<>();
  private final Map<Bytes32, Lock> turns = new ConcurrentHashMap<>();

  public ReleaseLedger(Store store) {
    this.store = store;
  }

  /** A value and the revision that made it; revision 0 for none. */
  private record Held(Bytes value, long revision) {
    static final Held NOTHING = new Held(Bytes.EMPTY, 0);
  }

  /**
   * Makes one attempt's release durable, counting a use of each licence for the task's first.
   *
   * @param now seconds since the epoch
   * @throws TeexException {@code LICENCE_REVOKED}, {@code LICENCE_EXHAUSTED}, {@code
   *     LEASE_INVALID}, {@code UNAVAILABLE}, or {@code STORE_CONFLICT} if others kept writing
   */
  public void record(Claim claim, List<LicensedUse> uses, long now) {
    List<Bytes> keys = new ArrayList<>(List.of(StateKeys.task(claim.task())));
    List<Bytes32> licences = uses.stream().map(LicensedUse::licenceDigest).sorted().toList();
    licences.forEach(licence -> keys.add(StateKeys.licence(licence)));
    inTurn(licences, () -> apply(keys, held -> next(held, claim, uses, now)));
  }

  /**
   * Makes a replay's release durable. It takes no use of any licence and is no attempt.
   *
   * @param uses the licences that the task holds a use of
   * @throws TeexException {@code REPLAY_REFUSED}, {@code LICENCE_REVOKED}, {@code UNAVAILABLE}, or
   *     {@code STORE_CONFLICT}
   */
  public void recordReplay(ReplayClaim claim, List<Bytes32> uses) {
    Bytes taskKey = StateKeys.task(claim.task());
    Bytes replaysKey = StateKeys.replays(claim.task());
    List<Bytes> keys = new ArrayList<>(List.of(taskKey, replaysKey));
    List<Bytes32> licences = uses.stream().sorted().toList();
    licences.forEach(licence -> keys.add(StateKeys.licence(licence)));
    inTurn(
        licences,
        () ->
            apply(
                keys,
                held -> {
                  for (Bytes32 licence : licences) {
                    Ledger.requireNotRevoked(licence, licence(held, StateKeys.licence(licence)));
                  }
                  ReplayRecord before =
                      find(held, replaysKey)
                          .map(value -> TypedData.decode(ReplayRecord.class, value.copy()))
                          .orElse(ReplayRecord.NONE);
                  ReplayRecord next =
                      ReplayRules.next(task(held, taskKey), before, claim, licences);
                  return next.equals(before) ? Map.of() : Map.of(replaysKey, bytes(next));
                }));
  }

  /**
   * Ends all releases under a licence; again and again is the same as once.
   *
   * @param now seconds since the epoch
   */
  public void revoke(Bytes32 licenceDigest, long now) {
    Bytes key = StateKeys.licence(licenceDigest);
    inTurn(
        List.of(licenceDigest),
        () ->
            apply(
                List.of(key),
                held -> {
                  LicenceState before = licence(held, key);
                  return before.isRevoked() ? Map.of() : Map.of(key, bytes(before.revoked(now)));
                }));
  }

  /**
   * Writes what {@code decide} makes of the values of {@code keys}, or refuses as it does, once the
   * store has confirmed that it decided on what is there.
   */
  private void apply(List<Bytes> keys, Function<Map<Bytes, Held>, Map<Bytes, Bytes>> decide) {
    Map<Bytes, Held> held = new TreeMap<>();
    keys.forEach(key -> held.put(key, lastSeen.getOrDefault(key, Held.NOTHING)));
    for (int round = 0; round < ROUNDS_MAX; round++) {
      Optional<TeexException> refusal = Optional.empty();
      Map<Bytes, Bytes> puts = Map.of();
      try {
        puts = decide.apply(held);
      } catch (TeexException e) {
        refusal = Optional.of(e);
      }
      TransactionResult result = store.transact(ifHeld(held, puts));
      if (result.succeeded()) {
        if (refusal.isPresent()) {
          throw refusal.get();
        }
        puts.forEach((key, value) -> remember(key, new Held(value, result.revision())));
        return;
      }
      held.replaceAll((key, before) -> seen(result, key));
      held.forEach(this::remember);
    }
    throw new TeexException(
        ErrorCode.STORE_CONFLICT,
        "the licence's counters changed %d times while they were read".formatted(ROUNDS_MAX));
  }

  private static Transaction ifHeld(Map<Bytes, Held> held, Map<Bytes, Bytes> puts) {
    List<Comparison> comparisons = new ArrayList<>();
    held.forEach((key, value) -> comparisons.add(new Comparison.AtRevision(key, value.revision())));
    List<Change> changes = new ArrayList<>();
    puts.forEach((key, value) -> changes.add(Change.put(key, value)));
    return new Transaction(comparisons, changes, List.of());
  }

  private static Held seen(TransactionResult result, Bytes key) {
    return result
        .seen(key)
        .map(entry -> new Held(entry.value(), entry.revision()))
        .orElse(Held.NOTHING);
  }

  private static Map<Bytes, Bytes> next(
      Map<Bytes, Held> held, Claim claim, List<LicensedUse> uses, long now) {
    Bytes taskKey = StateKeys.task(claim.task());
    Map<Bytes32, LicenceState> licences = new HashMap<>();
    for (LicensedUse use : uses) {
      licences.put(use.licenceDigest(), licence(held, StateKeys.licence(use.licenceDigest())));
    }
    Optional<TaskRelease> task = task(held, taskKey);
    Ledger.Entry next = Ledger.next(new Ledger.View(task, licences), claim, uses, now);
    Map<Bytes, Bytes> puts = new HashMap<>();
    if (!task.equals(Optional.of(next.task()))) {
      puts.put(taskKey, bytes(next.task()));
    }
    next.counted()
        .forEach((digest, state) -> {
          puts.put(StateKeys.licence(digest), bytes(state));
          puts.put(StateKeys.use(digest, state.uses()), claim.task().value().value());
        });
    return puts;
  }

  private static Optional<TaskRelease> task(Map<Bytes, Held> held, Bytes key) {
    return find(held, key).map(value -> TypedData.decode(TaskRelease.class, value.copy()));
  }

  private static LicenceState licence(Map<Bytes, Held> held, Bytes key) {
    return find(held, key)
        .map(value -> TypedData.decode(LicenceState.class, value.copy()))
        .orElse(LicenceState.FRESH);
  }

  private static Optional<Bytes> find(Map<Bytes, Held> held, Bytes key) {
    return Optional.ofNullable(held.get(key))
        .filter(value -> value.revision() != 0)
        .map(Held::value);
  }

  /** Licences only: a task is released once or twice and never seen again. */
  private void remember(Bytes key, Held value) {
    lastSeen.computeIfPresent(key, (same, before) -> value);
  }

  private static Bytes bytes(Record value) {
    return Bytes.of(TypedData.encode(value));
  }

  /** One at a time per licence: racing for a comparison would only make losers. */
  private void inTurn(List<Bytes32> licences, Runnable work) {
    if (licences.isEmpty()) {
      work.run();
      return;
    }
    Lock turn = turns.computeIfAbsent(licences.getFirst(), digest -> new ReentrantLock(true));
    turn.lock();
    try {
      lastSeen.putIfAbsent(StateKeys.licence(licences.getFirst()), Held.NOTHING);
      inTurn(licences.subList(1, licences.size()), work);
    } finally {
      turn.unlock();
    }
  }
}
