package io.teex.protocol;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;

/**
 * A recoverable secp256k1 signature, 65 bytes r ‖ s ‖ v, in the one form that TEEX accepts: v is 27
 * or 28 and s is in the lower half of the order, so nobody can make a second signature out of it.
 */
public record Signature(Bytes bytes) {
  public static final int SIZE = 65;
  private static final int RECOVERY_BASE = 27;

  /**
   * @throws TeexException {@code SIGNATURE_INVALID} for any other form
   */
  public Signature {
    if (bytes.size() != SIZE) {
      throw invalid("expected %d bytes, got %d".formatted(SIZE, bytes.size()));
    }
    int v = bytes.at(64) & 0xff;
    if (v != RECOVERY_BASE && v != RECOVERY_BASE + 1) {
      throw invalid("v is %d, expected 27 or 28".formatted(v));
    }
    BigInteger r = number(bytes, 0);
    BigInteger s = number(bytes, 32);
    if (r.signum() == 0 || r.compareTo(Curve.N) >= 0) {
      throw invalid("r is out of range");
    }
    if (s.signum() == 0 || s.compareTo(Curve.HALF_N) > 0) {
      throw invalid("s is out of range or high");
    }
  }

  static Signature of(BigInteger r, BigInteger s, int parity) {
    byte[] bytes = Arrays.copyOf(Words.uint(r), SIZE);
    System.arraycopy(Words.uint(s), 0, bytes, 32, 32);
    bytes[64] = (byte) (RECOVERY_BASE + parity);
    return new Signature(Bytes.owned(bytes));
  }

  public BigInteger r() {
    return number(bytes, 0);
  }

  public BigInteger s() {
    return number(bytes, 32);
  }

  /** 27 or 28. */
  public int v() {
    return bytes.at(64);
  }

  /** 0 or 1, as EIP-1559 transactions carry it. */
  public int parity() {
    return v() - RECOVERY_BASE;
  }

  /**
   * The account that made this signature over {@code digest}. Every digest has one: compare it with
   * the account that you expect.
   *
   * @throws TeexException {@code SIGNATURE_INVALID} if r is no point of the curve
   */
  public Address recover(Bytes32 digest) {
    byte[] compressed = new byte[33];
    compressed[0] = (byte) (2 + parity());
    System.arraycopy(Words.uint(r()), 0, compressed, 1, 32);
    ECPoint point;
    try {
      point = Curve.PARAMETERS.getCurve().decodePoint(compressed);
    } catch (IllegalArgumentException e) {
      throw invalid("r is no point of the curve");
    }
    BigInteger inverse = r().modInverse(Curve.N);
    BigInteger e = Words.toUint(digest.copy());
    ECPoint key =
        ECAlgorithms.sumOfTwoMultiplies(
                Curve.PARAMETERS.getG(),
                e.negate().multiply(inverse).mod(Curve.N),
                point,
                s().multiply(inverse).mod(Curve.N))
            .normalize();
    if (key.isInfinity()) {
      throw invalid("it recovers to no key");
    }
    byte[] encoded = key.getEncoded(false);
    return Address.ofPublicKey(Arrays.copyOfRange(encoded, 1, encoded.length));
  }

  private static BigInteger number(Bytes bytes, int from) {
    return Words.toUint(bytes.slice(from, from + 32).copy());
  }

  private static TeexException invalid(String what) {
    return new TeexException(ErrorCode.SIGNATURE_INVALID, "signature: " + what);
  }

  @Override
  public String toString() {
    return bytes.toString();
  }
}
