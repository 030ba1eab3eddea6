package io.teex.manager.release;

import static io.teex.manager.release.Checks.require;
import static io.teex.protocol.ErrorCode.LEASE_INVALID;
import static io.teex.protocol.ErrorCode.LICENCE_EXHAUSTED;
import static io.teex.protocol.ErrorCode.LICENCE_REVOKED;

import io.teex.manager.release.TaskRelease.Attempt;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The counting of a release as a function: what the ledger holds and what is claimed, to what it
 * holds next. A use belongs to a task: its attempts share it.
 */
public final class Ledger {
  /** The most attempts of one task that get its keys. */
  public static final int ATTEMPTS_MAX = 5;

  private Ledger() {}

  /**
   * What the ledger holds of a task and of the licences that it uses.
   *
   * @param task what was released for the task before, if anything
   * @param licences the state of every licence that the task uses
   */
  public record View(Optional<TaskRelease> task, Map<Bytes32, LicenceState> licences) {
    public View {
      licences = Map.copyOf(licences);
    }
  }

  /**
   * What the ledger holds next; equal to what it held if this very attempt was released before.
   *
   * @param counted the licences of which this release takes a use
   */
  public record Entry(TaskRelease task, Map<Bytes32, LicenceState> counted) {
    public Entry {
      counted = Map.copyOf(counted);
    }
  }

  /**
   * @param uses what this release takes; empty for one that opens the input alone
   * @param now seconds since the epoch, for the audit record
   * @throws io.teex.protocol.TeexException {@code LICENCE_REVOKED}, {@code LICENCE_EXHAUSTED} or
   *     {@code LEASE_INVALID}
   */
  public static Entry next(View view, Claim claim, List<LicensedUse> uses, long now) {
    uses.forEach(use -> requireNotRevoked(use.licenceDigest(), state(view, use)));
    TaskRelease before =
        view.task()
            .orElseGet(() ->
                new TaskRelease(
                    claim.order().user(), claim.order().service(), List.of(), List.of()));
    List<Bytes32> held = new ArrayList<>(before.licences());
    Map<Bytes32, LicenceState> counted = new TreeMap<>();
    for (LicensedUse use : uses) {
      if (!held.contains(use.licenceDigest())) {
        counted.put(use.licenceDigest(), count(state(view, use), use));
        held.add(use.licenceDigest());
      }
    }
    TaskRelease holding = new TaskRelease(before.user(), before.service(), held, before.attempts());
    return new Entry(withAttempt(holding, claim.lease(), now), counted);
  }

  /**
   * @throws io.teex.protocol.TeexException {@code LICENCE_REVOKED}
   */
  static void requireNotRevoked(Bytes32 licenceDigest, LicenceState state) {
    require(
        !state.isRevoked(),
        LICENCE_REVOKED,
        "licence %s was revoked by its owner: ask for another",
        licenceDigest);
  }

  private static LicenceState state(View view, LicensedUse use) {
    return view.licences().getOrDefault(use.licenceDigest(), LicenceState.FRESH);
  }

  private static LicenceState count(LicenceState state, LicensedUse use) {
    require(
        state.uses() < use.usesMax(),
        LICENCE_EXHAUSTED,
        "all %d uses of licence %s are taken: ask its owner for another",
        use.usesMax(),
        use.licenceDigest());
    require(
        use.budgetBytes() <= use.outputBytesMax() - state.outputBytes(),
        LICENCE_EXHAUSTED,
        "%d of the %d output bytes of licence %s are taken, the order asks for %d and every task takes"
            + " %d more: ask for fewer",
        state.outputBytes(),
        use.outputBytesMax(),
        use.licenceDigest(),
        use.outputBytes(),
        use.sideBytes());
    return state.plus(use);
  }

  private static TaskRelease withAttempt(TaskRelease task, Lease lease, long now) {
    for (Attempt attempt : task.attempts()) {
      if (!attempt.dispatcher().equals(lease.dispatcher())) {
        continue;
      }
      if (attempt.number() == lease.attempt()) {
        require(
            attempt.worker().equals(lease.worker())
                && attempt.fencingToken() == lease.fencingToken(),
            LEASE_INVALID,
            "attempt %d was released to worker %s under another lease",
            attempt.number(),
            attempt.worker());
        return task;
      }
      require(
          attempt.fencingToken() < lease.fencingToken(),
          LEASE_INVALID,
          "the lease of attempt %d is older than that of attempt %d",
          lease.attempt(),
          attempt.number());
    }
    require(
        task.attempts().size() < ATTEMPTS_MAX,
        LEASE_INVALID,
        "%d attempts of this task were released, there is no other",
        ATTEMPTS_MAX);
    List<Attempt> attempts = new ArrayList<>(task.attempts());
    attempts.add(
        new Attempt(
            lease.dispatcher(), lease.attempt(), lease.worker(), lease.fencingToken(), now));
    return new TaskRelease(task.user(), task.service(), task.licences(), attempts);
  }
}
