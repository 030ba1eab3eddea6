package io.teex.rpc.web;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Hpke;
import io.teex.protocol.SealedCall;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The HPKE keys of a process. Evidence is made for a key for {@link #LIFE}; requests that are
 * sealed to it open for as long again, so that whoever has just verified it can use it. Then its
 * private half is overwritten: what was sealed to it opens for nobody any more. Safe for use by
 * several threads.
 */
final class HpkeKeys {
  static final Duration LIFE = Duration.ofHours(1);

  private final InstantSource clock;
  private final RandomGenerator random;
  private Key current;
  private @Nullable Key before;

  private record Key(Hpke.KeyPair pair, Instant since) {
    Instant end() {
      return since.plus(LIFE);
    }

    void destroy() {
      pair.privateKey().destroy();
    }
  }

  HpkeKeys(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
    this.current = fresh();
  }

  private Key fresh() {
    return new Key(Hpke.KeyPair.generate(random), clock.instant());
  }

  /** The key to make evidence for. */
  synchronized Bytes32 publicKey() {
    turn();
    return current.pair().publicKey();
  }

  /**
   * Opens a request.
   *
   * @throws TeexException {@code BLOB_TAMPERED} if it opens with none of the keys
   */
  SealedCall.Received receive(String path, Bytes sealed) {
    Key newest;
    Key older;
    synchronized (this) {
      turn();
      newest = current;
      older = before;
    }
    try {
      return SealedCall.receive(newest.pair(), path, sealed);
    } catch (TeexException e) {
      if (older != null) {
        return SealedCall.receive(older.pair(), path, sealed);
      }
      throw e;
    }
  }

  /** Replaces the key if it is due; also to be called when nobody asks. */
  synchronized void turn() {
    Instant now = clock.instant();
    if (!now.isBefore(current.end())) {
      forgetOlder();
      before = current;
      current = fresh();
    }
    Key older = before;
    if (older != null && !now.isBefore(older.end().plus(LIFE))) {
      forgetOlder();
    }
  }

  private void forgetOlder() {
    if (before != null) {
      before.destroy();
      before = null;
    }
  }

  /** Overwrites what is left; nothing opens any more. */
  synchronized void destroy() {
    forgetOlder();
    current.destroy();
  }

  /** For callers whose request did not open, in place of what is wrong with it. */
  static TeexException notOpened(TeexException cause) {
    return new TeexException(
        ErrorCode.BLOB_TAMPERED,
        "the request does not open: changed on the way, sealed for another method, or to a key that"
            + " is gone; get evidence for the present key and seal it again",
        cause);
  }
}
