package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One account that sends transactions, one after the other: the next is signed when the one before
 * is known to the node, so nonces have no gaps. Each call waits until its transaction is in a
 * block.
 */
public final class TransactionSender {
  private static final BigInteger TIP = BigInteger.valueOf(1_000_000_000);
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration POLL_MAX = Duration.ofMillis(500);
  private static final Duration MINED_MAX = Duration.ofMinutes(2);
  private static final int GAS_MARGIN_PERCENT = 20;

  /** What one transaction may use at most since EIP-7825. */
  private static final long GAS_MAX = 1 << 24;

  private final ChainClient chain;
  private final SigningKey key;
  private final ReentrantLock sending = new ReentrantLock();

  public TransactionSender(ChainClient chain, SigningKey key) {
    this.chain = chain;
    this.key = key;
  }

  public Address address() {
    return key.address();
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
   *     after two minutes: it may still get there
   */
  public Mined call(String what, Address to, Bytes data) {
    return send(what, to, BigInteger.ZERO, data);
  }

  /** Sends ether, in wei. */
  public Mined transfer(Address to, BigInteger wei) {
    return send("sending ether to " + to, to, wei, Bytes.EMPTY);
  }

  /** Creates a contract. */
  public Address create(String what, Bytes creationCode) {
    return send(what, null, BigInteger.ZERO, creationCode)
        .created()
        .orElseThrow(
            () -> new TeexException(ErrorCode.CHAIN_UNAVAILABLE, what + " created no contract"));
  }

  /** The nonce that the next transaction of this account will have. */
  public long nextNonce() {
    return chain.nonce(address());
  }

  private Mined send(String what, @Nullable Address to, BigInteger wei, Bytes data) {
    Bytes32 hash = submit(what, to, wei, data);
    Mined mined = await(what, hash);
    if (!mined.succeeded()) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "%s: transaction %s reverted in block %d".formatted(what, hash, mined.block()));
    }
    return mined;
  }

  private Bytes32 submit(String what, @Nullable Address to, BigInteger wei, Bytes data) {
    sending.lock();
    try {
      long gas = chain.estimateGas(what, describe(to, wei, data));
      BigInteger feeMax = chain.head().baseFee().shiftLeft(1).add(TIP);
      Transaction.Raw raw =
          new Transaction(chain.chainId(), nextNonce(), TIP, feeMax, withMargin(gas), to, wei, data)
              .sign(key);
      chain.send(what, raw.bytes());
      return raw.hash();
    } finally {
      sending.unlock();
    }
  }

  /** State may change until the transaction is in a block, and with it what it uses. */
  private static long withMargin(long gas) {
    return Math.max(gas, Math.min(gas + gas * GAS_MARGIN_PERCENT / 100, GAS_MAX));
  }

  private Map<String, Object> describe(@Nullable Address to, BigInteger wei, Bytes data) {
    Map<String, Object> transaction = new LinkedHashMap<>();
    transaction.put("from", address().toString());
    if (to != null) {
      transaction.put("to", to.toString());
    }
    transaction.put("value", Hex.quantity(wei));
    transaction.put("input", data.toString());
    return transaction;
  }

  private Mined await(String what, Bytes32 hash) {
    long giveUp = System.nanoTime() + MINED_MAX.toNanos();
    Duration pause = POLL;
    while (true) {
      Optional<Mined> mined = chain.receipt(hash);
      if (mined.isPresent()) {
        return mined.get();
      }
      if (System.nanoTime() > giveUp || Thread.currentThread().isInterrupted()) {
        throw new TeexException(
            ErrorCode.CHAIN_UNAVAILABLE,
            "%s: transaction %s is in no block yet; it may still be mined".formatted(what, hash));
      }
      LockSupport.parkNanos(pause.toNanos());
      pause = pause.multipliedBy(2).compareTo(POLL_MAX) > 0 ? POLL_MAX : pause.multipliedBy(2);
    }
  }
}
