package io.teex.attestation;

import io.teex.protocol.Bytes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The challenges that a verifier has open, for evidence that does not come over a channel of its
 * own (there the connection remembers its one nonce). Each is good once and for a while; when there
 * are too many, the oldest are forgotten. Safe for use by several threads.
 */
public final class NonceBook {
  public static final int NONCE_BYTES = 32;

  private static final String CHECK = "nonce";

  private final Duration lifetime;
  private final int max;
  private final SecureRandom random;
  private final Map<Bytes, Instant> open = new LinkedHashMap<>();

  /**
   * @param lifetime how old a nonce may be when its evidence arrives
   * @param max how many may be open
   */
  public NonceBook(Duration lifetime, int max, SecureRandom random) {
    this.lifetime = lifetime;
    this.max = max;
    this.random = random;
  }

  /** A new one, {@value #NONCE_BYTES} bytes. */
  public synchronized Bytes issue(Instant now) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    Bytes issued = Bytes.of(nonce);
    open.put(issued, now);
    Iterator<Bytes> oldest = open.keySet().iterator();
    while (open.size() > max) {
      oldest.next();
      oldest.remove();
    }
    return issued;
  }

  /**
   * Takes a nonce back, whatever comes of it.
   *
   * @return failed with {@code NONCE_UNKNOWN} if it is not ours or was used, with {@code
   *     NONCE_EXPIRED} if it is too old; to be added to the verdict with {@link Verdict#and}
   */
  public synchronized Check redeem(Bytes nonce, TimeInterval time) {
    Instant issued = open.remove(nonce);
    if (issued == null) {
      return new Check.Failed(
          CHECK, Reason.NONCE_UNKNOWN, "the nonce is not ours, or it was used before");
    }
    return time.isSurelyNotAfter(issued.plus(lifetime))
        ? new Check.Passed(CHECK)
        : new Check.Failed(
            CHECK,
            Reason.NONCE_EXPIRED,
            "the nonce is of %s and good for %s".formatted(issued, lifetime));
  }
}
