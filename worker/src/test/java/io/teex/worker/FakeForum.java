package io.teex.worker;

import io.teex.chain.Demands;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The contract of demands in memory, with its rules. */
final class FakeForum implements Forum {
  static final long GRACE = 600;
  static final long MEMORY = 8_000;
  static final long ANSWER_TIME = 60;
  static final Bytes32 BATCH = Bytes32.fromHex("0x" + "ba".repeat(32));

  final List<Bytes32> demanded = new ArrayList<>();
  final List<Bytes32> enforced = new ArrayList<>();
  final Set<Bytes32> cancelled = new HashSet<>();

  /** What batches did with claims; nothing with the others. */
  final Map<Bytes32, Settled.Passed> passed = new HashMap<>();

  long now;
  boolean solvent = true;
  boolean frozen;
  private final Map<Bytes32, Demands.Demand> demands = new HashMap<>();
  private Amount owed = Amount.ZERO;

  @Override
  public Terms terms() {
    return new Terms(GRACE, MEMORY);
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public Demands.Demand demandOf(Bytes32 receipt) {
    return demands.getOrDefault(receipt, demand(Demands.State.NONE, 0, Bytes32.ZERO));
  }

  private static Demands.Demand demand(Demands.State state, long deadline, Bytes32 settledIn) {
    return new Demands.Demand(
        Address.ZERO, deadline, state, Address.ZERO, Address.ZERO, Amount.ZERO, settledIn);
  }

  /** The dispatcher shows that it settled in a batch. */
  void answer(Bytes32 receipt, Bytes32 batch) {
    demands.put(receipt, demand(Demands.State.ANSWERED, 0, batch));
  }

  @Override
  public boolean isCancelled(Bytes32 batch) {
    return cancelled.contains(batch);
  }

  @Override
  public Settled settled(Claim claim) {
    Settled.Passed batch = passed.get(claim.id());
    return batch == null || cancelled.contains(batch.batch()) ? new Settled.Nowhere() : batch;
  }

  @Override
  public boolean isFrozen(Address dispatcher) {
    return frozen;
  }

  @Override
  public boolean canBond() {
    return solvent;
  }

  @Override
  public void demand(Claim claim, Bytes32 undone) {
    Demands.Demand before = demandOf(claim.id());
    boolean undoneIndeed =
        before.state() == Demands.State.ANSWERED
            && before.settledIn().equals(undone)
            && cancelled.contains(undone);
    if (before.state() != Demands.State.NONE && !undoneIndeed) {
      throw new TeexException(ErrorCode.CHAIN_REJECTED, "DemandExists");
    }
    demands.put(claim.id(), demand(Demands.State.OPEN, now + ANSWER_TIME, Bytes32.ZERO));
    demanded.add(claim.id());
  }

  @Override
  public void enforce(Bytes32 receipt) {
    Demands.Demand open = demandOf(receipt);
    if (open.state() != Demands.State.OPEN || now <= open.deadline()) {
      throw new TeexException(ErrorCode.CHAIN_REJECTED, "AnswerTimeNotOver");
    }
    demands.put(receipt, demand(Demands.State.WON, open.deadline(), Bytes32.ZERO));
    enforced.add(receipt);
    owed = owed.plus(Amount.of(1));
  }

  @Override
  public Amount collect() {
    Amount all = owed;
    owed = Amount.ZERO;
    return all;
  }

  Amount owed() {
    return owed;
  }
}
