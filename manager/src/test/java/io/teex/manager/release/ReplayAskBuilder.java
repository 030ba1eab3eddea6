package io.teex.manager.release;

import io.teex.manager.testing.AskBuilder.Node;
import io.teex.manager.testing.World;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Execution;
import io.teex.protocol.FeeSplit;
import io.teex.protocol.Isolation;
import io.teex.protocol.Licence;
import io.teex.protocol.Order;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.ReceiptDigests;
import io.teex.protocol.Replay;
import io.teex.protocol.ReplayLeave;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import io.teex.protocol.TeeKind;
import io.teex.protocol.Tier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a worker asks with to replay a task, right in everything that a test does not change. */
final class ReplayAskBuilder {
  private final World world;
  private final Order order;
  private final List<Signed<ReplayLeave>> leaves = new ArrayList<>();
  private SigningKey replaySigner;
  private Node receiptWorker;
  private @Nullable SigningKey receiptSigner;
  private Node named;
  private Node worker;
  private Node caller;
  private TeeKind callerKind = TeeKind.SIMULATED;
  private TaskId task;
  private boolean anotherReceipt;
  private int attempt = 1;
  private long expiry = World.NOW + 60;

  ReplayAskBuilder(World world, Order order) {
    this.world = world;
    this.order = order;
    this.replaySigner = world.user;
    this.receiptWorker = world.worker;
    this.named = world.otherWorker;
    this.worker = world.otherWorker;
    this.caller = world.otherWorker;
    this.task = order.id(world.domain);
  }

  ReplayAskBuilder replaySignedBy(SigningKey value) {
    replaySigner = value;
    return this;
  }

  ReplayAskBuilder receiptBy(Node value) {
    receiptWorker = value;
    return this;
  }

  ReplayAskBuilder receiptSignedBy(SigningKey value) {
    receiptSigner = value;
    return this;
  }

  /** The user names this worker, and it calls. */
  ReplayAskBuilder calledBy(Node value) {
    named = value;
    worker = value;
    caller = value;
    return this;
  }

  /** Another worker than the user named calls, with its own certificate. */
  ReplayAskBuilder stolenBy(Node value) {
    worker = value;
    caller = value;
    return this;
  }

  /** Somebody calls with the named worker's certificate. */
  ReplayAskBuilder calledFrom(Node value) {
    caller = value;
    return this;
  }

  ReplayAskBuilder callerKind(TeeKind value) {
    callerKind = value;
    return this;
  }

  ReplayAskBuilder ofTask(TaskId value) {
    task = value;
    return this;
  }

  ReplayAskBuilder ofAnotherReceipt() {
    anotherReceipt = true;
    return this;
  }

  ReplayAskBuilder attempt(int value) {
    attempt = value;
    return this;
  }

  ReplayAskBuilder expiry(long value) {
    expiry = value;
    return this;
  }

  ReplayAskBuilder leave(SigningKey owner, Licence licence, long until) {
    return leave(
        owner.sign(world.domain, new ReplayLeave(licence.digest(), order.id(world.domain), until)));
  }

  ReplayAskBuilder leave(Signed<ReplayLeave> value) {
    leaves.add(value);
    return this;
  }

  ReplayAsk build() {
    Receipt receipt = receipt();
    Bytes32 doubted = anotherReceipt ? world.bytes32() : receipt.hash(world.domain);
    SigningKey signer = receiptSigner == null ? receiptWorker.signer() : receiptSigner;
    return new ReplayAsk(
        world.user.sign(world.domain, order),
        null,
        signer.sign(world.domain, receipt),
        replaySigner.sign(world.domain, new Replay(task, doubted, named.address(), expiry)),
        leaves,
        worker.certificate(),
        new Ask.Caller(caller.certificate().value().tlsKeyHash(), callerKind));
  }

  private Receipt receipt() {
    Address nobody = Address.ZERO;
    return new Receipt(
        order.id(world.domain),
        attempt,
        world.dispatcher.address(),
        receiptWorker.address(),
        Bytes32.ZERO,
        new ReceiptDigests(world.imageDigest, Bytes32.ZERO, Bytes32.ZERO, Bytes32.ZERO),
        order.inputCommitment(),
        Bytes32.ZERO,
        Bytes32.ZERO,
        List.of(),
        0,
        1 << 20,
        World.NOW,
        Outcome.TRAP,
        new FeeSplit(Amount.ZERO, nobody, Amount.ZERO, nobody, Amount.ZERO, nobody, Amount.ZERO),
        new Execution(
            "engine", Isolation.PROCESS, Tier.single(Isolation.PROCESS, 1), Execution.SIMULATED),
        Bytes32.ZERO);
  }
}
