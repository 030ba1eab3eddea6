package io.teex.chain;

import io.teex.protocol.Bytes32;
import io.teex.protocol.Uint;
import java.math.BigInteger;

/**
 * An EIP-2612 permit for Settlement, as {@link Token#permit} makes it.
 *
 * @param deadline seconds since the epoch
 */
public record Permit(BigInteger deadline, @Uint(8) int v, Bytes32 r, Bytes32 s) {
  /** None: whoever takes it finds the tokens approved instead. */
  public static final Permit NONE = new Permit(BigInteger.ZERO, 0, Bytes32.ZERO, Bytes32.ZERO);
}
