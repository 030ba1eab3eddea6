package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One account that sends transactions, one after the other: the next is signed when the one before
 * was handed to a node, so nonces have no gaps. Each call waits until its transaction is in a block
 * that counts; one that is in none offers more after a while, and one that a reorganisation or a
 * node's restart lost is sent again as it was, since it alone may have its nonce.
 */
public final class TransactionSender {
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration POLL_MAX = Duration.ofMillis(500);
  private static final int GAS_MARGIN_PERCENT = 20;
  private static final int TRIES_MAX = 3;
  private static final long NEXT_NONCE = -1;

  /** After so many looks a nonce that is used up and has no receipt was used by somebody else. */
  private static final int LOOKS_MAX = 10;

  /** What one transaction may use at most since EIP-7825. */
  private static final long GAS_MAX = 1 << 24;

  private final ChainClient chain;
  private final TransactionSigner signer;
  private final Sending limits;
  private final Outgoing outgoing;
  private final ReentrantLock sending = new ReentrantLock();

  /** A sender that leaves nothing to the next process of its account. */
  public TransactionSender(ChainClient chain, SigningKey key) {
    this(chain, TransactionSigner.of(key));
  }

  /** The same for a key that need not be in this process. */
  public TransactionSender(ChainClient chain, TransactionSigner signer) {
    this(chain, signer, Outbox.inMemory(), Sending.STANDARD);
  }

  /**
   * @param outbox what this account has sent; of this sender alone
   */
  public TransactionSender(
      ChainClient chain, TransactionSigner signer, Outbox outbox, Sending limits) {
    this.chain = chain;
    this.signer = signer;
    this.limits = limits;
    this.outgoing = new Outgoing(chain, signer.address(), outbox);
  }

  public Address address() {
    return signer.address();
  }

  public ChainClient chain() {
    return chain;
  }

  /**
   * Calls a contract.
   *
   * @param what for messages: "settling batch 3"
   * @throws TeexException {@code CHAIN_REJECTED} with the contract's error if it reverts (found out
   *     before anything is sent, where possible), {@code CHAIN_UNAVAILABLE} if it is in no block
   *     that counts when the patience ends: it may still get there
   */
  public Mined call(String what, Address to, Bytes data) {
    return send(new Draft(what, "", to, BigInteger.ZERO, data));
  }

  /**
   * The same for something that is done once. Whoever asks for the same intent again, also in a
   * later process with the same outbox, waits for the transaction that was sent for it.
   */
  public Mined callOnce(String intent, String what, Address to, Bytes data) {
    return send(new Draft(what, intent, to, BigInteger.ZERO, data));
  }

  /**
   * The same with blobs beside it.
   *
   * @param like what the call's gas is estimated by: nodes estimate without blobs, and a call that
   *     wants them would revert
   * @param blobs asked for if nothing was sent for the intent before
   * @throws TeexException {@code CHAIN_REJECTED} if the chain has no blobs
   */
  Mined callOnce(
      String intent, String what, Address to, Bytes data, GasLike like, Supplier<Sidecar> blobs) {
    return send(new Draft(what, intent, to, BigInteger.ZERO, data, like, blobs, NEXT_NONCE));
  }

  /**
   * How to estimate the gas of a call by another one.
   *
   * @param data of the other one
   * @param more gas than it needs
   */
  record GasLike(Bytes data, long more) {}

  /** Sends ether, in wei. */
  public Mined transfer(Address to, BigInteger wei) {
    return send(new Draft("sending ether to " + to, "", to, wei, Bytes.EMPTY));
  }

  /** Creates a contract. */
  public Address create(String what, Bytes creationCode) {
    return created(what, send(new Draft(what, "", null, BigInteger.ZERO, creationCode)));
  }

  /**
   * Creates a contract with one nonce, and so at one address, or not at all.
   *
   * @param intent as {@link #callOnce}
   * @throws TeexException {@code CHAIN_REJECTED} if the nonce is not the account's next
   */
  Mined createAt(long nonce, String intent, String what, Bytes creationCode) {
    return send(new Draft(what, intent, null, BigInteger.ZERO, creationCode, nonce));
  }

  static Address created(String what, Mined mined) {
    return mined
        .created()
        .orElseThrow(
            () -> new TeexException(ErrorCode.CHAIN_UNAVAILABLE, what + " created no contract"));
  }

  /** The nonce that the next transaction of this account will have. */
  public long nextNonce() {
    sending.lock();
    try {
      return outgoing.nextNonce();
    } finally {
      sending.unlock();
    }
  }

  private Mined send(Draft draft) {
    Sent sent = submit(draft);
    Mined mined = await(draft, sent);
    if (!mined.succeeded()) {
      with(() -> outgoing.failed(sent));
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "%s: transaction %s reverted in block %d"
              .formatted(draft.what(), mined.transaction(), mined.block()));
    }
    return mined;
  }

  /**
   * What is to be sent.
   *
   * @param like how its gas is estimated
   * @param blobs what it has beside it; null if nothing
   * @param nonce the only one that it may have, or {@link #NEXT_NONCE}
   */
  private record Draft(
      String what,
      String intent,
      @Nullable Address to,
      BigInteger wei,
      Bytes data,
      GasLike like,
      @Nullable Supplier<Sidecar> blobs,
      long nonce) {
    Draft(
        String what, String intent, @Nullable Address to, BigInteger wei, Bytes data, long nonce) {
      this(what, intent, to, wei, data, new GasLike(data, 0), null, nonce);
    }

    Draft(String what, String intent, @Nullable Address to, BigInteger wei, Bytes data) {
      this(what, intent, to, wei, data, NEXT_NONCE);
    }
  }

  private Sent submit(Draft draft) {
    long giveUp = System.nanoTime() + limits.patience().toNanos();
    while (true) {
      sending.lock();
      try {
        outgoing.tidy();
        Optional<Sent> before = outgoing.find(draft.intent());
        if (before.isPresent()) {
          return before.get();
        }
        if (!outgoing.isHeldUp(draft.blobs() != null)) {
          return sendFresh(draft);
        }
      } finally {
        sending.unlock();
      }
      if (System.nanoTime() > giveUp || Thread.currentThread().isInterrupted()) {
        throw new TeexException(
            ErrorCode.CHAIN_UNAVAILABLE,
            "%s: not sent, since nodes take it only after what %s sent before is in a block"
                .formatted(draft.what(), address()));
      }
      LockSupport.parkNanos(POLL_MAX.toNanos());
    }
  }

  private Sent sendFresh(Draft draft) {
    long estimated = chain.estimateGas(draft.what(), describe(draft));
    long gas = withMargin(estimated + draft.like().more());
    Fees fees = chain.fees(limits.feeMax());
    Optional<Sidecar> sidecar = Optional.empty();
    Transaction.Blobs blobs = Transaction.Blobs.NONE;
    if (draft.blobs() != null) {
      fees = fees.withBlobs(chain.blobBaseFee(), limits.blobFeeMax());
      sidecar = Optional.of(draft.blobs().get());
      blobs = new Transaction.Blobs(fees.blobMax(), sidecar.get().versionedHashes());
    }
    for (int tries = 0; tries < TRIES_MAX; tries++) {
      Transaction transaction =
          new Transaction(
              chain.chainId(),
              nonce(draft),
              fees.tip(),
              fees.max(),
              gas,
              draft.to(),
              draft.wei(),
              draft.data(),
              blobs);
      Sent sent =
          new Sent(transaction.nonce(), draft.intent(), List.of(sign(transaction, sidecar, fees)));
      if (outgoing.launch(draft.what(), sent)) {
        return sent;
      }
    }
    throw new TeexException(
        ErrorCode.CHAIN_UNAVAILABLE,
        "%s: somebody else takes the nonces of %s: send with one process at a time"
            .formatted(draft.what(), address()));
  }

  private long nonce(Draft draft) {
    long next = outgoing.nextNonce();
    if (draft.nonce() != NEXT_NONCE && draft.nonce() != next) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "%s: it has to be transaction %d of %s, whose next is %d: the account sent something else meanwhile, or the chain was reset"
              .formatted(draft.what(), draft.nonce(), address(), next));
    }
    return next;
  }

  private Sent.Version sign(Transaction transaction, Optional<Sidecar> sidecar, Fees fees) {
    Transaction.Raw signed = signer.sign(transaction);
    Transaction.Raw raw = sidecar.map(blobs -> blobs.beside(signed)).orElse(signed);
    return Sent.Version.of(raw, fees, transaction.gas());
  }

  /** State may change until the transaction is in a block, and with it what it uses. */
  private static long withMargin(long gas) {
    return Math.max(gas, Math.min(gas + gas * GAS_MARGIN_PERCENT / 100, GAS_MAX));
  }

  private Map<String, Object> describe(Draft draft) {
    Map<String, Object> transaction = new LinkedHashMap<>();
    transaction.put("from", address().toString());
    if (draft.to() != null) {
      transaction.put("to", draft.to().toString());
    }
    transaction.put("value", Hex.quantity(draft.wei()));
    transaction.put("input", draft.like().data().toString());
    return transaction;
  }

  private Mined await(Draft draft, Sent first) {
    long now = System.nanoTime();
    long giveUp = now + limits.patience().toNanos();
    long bumpAt = now + limits.bumpAfter().toNanos();
    Duration pause = POLL;
    Sent sent = first;
    int looks = 0;
    String silence = "";
    while (true) {
      try {
        Optional<Mined> mined = outgoing.receipt(sent);
        if (mined.isPresent() && counts(mined.get())) {
          return mined.get();
        }
        if (mined.isEmpty() && chain.minedNonce(address()) > sent.nonce()) {
          requireOurs(draft, sent, ++looks);
        }
        if (System.nanoTime() > bumpAt) {
          if (mined.isEmpty()) {
            sent = urge(draft, sent);
          }
          bumpAt = System.nanoTime() + limits.bumpAfter().toNanos();
        }
      } catch (TeexException e) {
        if (e.code() != ErrorCode.CHAIN_UNAVAILABLE) {
          throw e;
        }
        // It was sent, so that a node that is away for a moment must not make it look undone.
        silence = ": " + e.getMessage();
      }
      if (System.nanoTime() > giveUp || Thread.currentThread().isInterrupted()) {
        throw new TeexException(
            ErrorCode.CHAIN_UNAVAILABLE,
            "%s: transaction %s is in no block that counts yet; it may still be mined%s"
                .formatted(draft.what(), sent.newest().hash(), silence));
      }
      LockSupport.parkNanos(pause.toNanos());
      pause = pause.multipliedBy(2).compareTo(POLL_MAX) > 0 ? POLL_MAX : pause.multipliedBy(2);
    }
  }

  private void with(Runnable change) {
    sending.lock();
    try {
      change.run();
    } finally {
      sending.unlock();
    }
  }

  /** Whether the block of a transaction counts, and is still there. */
  private boolean counts(Mined mined) {
    if (limits.counts().equals(Finality.NONE)) {
      return true;
    }
    return chain.head(limits.counts()).number() >= mined.block()
        && chain
            .block(mined.block())
            .filter(block -> block.hash().equals(mined.blockHash()))
            .isPresent();
  }

  private void requireOurs(Draft draft, Sent sent, int looks) {
    if (looks < LOOKS_MAX) {
      return;
    }
    with(() -> outgoing.forget(sent.nonce()));
    throw new TeexException(
        ErrorCode.CHAIN_REJECTED,
        "%s: another transaction took nonce %d of %s: send with one process at a time"
            .formatted(draft.what(), sent.nonce(), address()));
  }

  /** Sends a transaction again that the node has lost, or one that offers more in its place. */
  private Sent urge(Draft draft, Sent sent) {
    sending.lock();
    try {
      if (chain.pendingNonce(address()) <= sent.nonce()) {
        outgoing.resend();
        return sent;
      }
      Sent.Version newest = sent.newest();
      Fees now = chain.fees(limits.feeMax());
      if (sent.hasBlobs()) {
        now = now.withBlobs(chain.blobBaseFee(), limits.blobFeeMax());
      }
      Optional<Fees> more = newest.fees().bumped(now, limits.feeMax(), limits.blobFeeMax());
      if (more.isEmpty()) {
        return sent;
      }
      Sent bumped = sent.replacedBy(offering(newest, more.get()));
      outgoing.replace(draft.what(), bumped);
      return bumped;
    } finally {
      sending.unlock();
    }
  }

  /** The transaction that was sent, for more: whoever waits for it may have meant another call. */
  private Sent.Version offering(Sent.Version sent, Fees fees) {
    Optional<Sidecar> sidecar =
        fees.hasBlobs() ? Optional.of(Sidecar.sentWith(sent.raw())) : Optional.empty();
    return sign(Transaction.decode(sent.raw()).offering(fees), sidecar, fees);
  }
}
