package io.teex.protocol;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;

/** A secp256k1 private key. It signs and tells its account; the key itself is never printed. */
public final class SigningKey {
  private final BigInteger secret;
  private final Address address;

  private SigningKey(BigInteger secret) {
    this.secret = secret;
    byte[] publicKey = multiplyGenerator(secret).getEncoded(false);
    this.address = Address.ofPublicKey(Arrays.copyOfRange(publicKey, 1, publicKey.length));
  }

  /**
   * @param secret 32 bytes
   * @throws IllegalArgumentException if it is no private key, which happens to 1 in 2¹²⁸
   */
  public static SigningKey of(SecretBytes secret) {
    byte[] bytes = secret.expose();
    try {
      BigInteger number = new BigInteger(1, bytes);
      if (bytes.length != 32 || number.signum() == 0 || number.compareTo(Curve.N) >= 0) {
        throw new IllegalArgumentException("not a secp256k1 private key");
      }
      return new SigningKey(number);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * @param random cryptographically strong outside of tests
   */
  public static SigningKey generate(RandomGenerator random) {
    while (true) {
      try (SecretBytes secret = SecretBytes.random(random, 32)) {
        return of(secret);
      } catch (IllegalArgumentException e) {
        // One in 2^128: draw again.
      }
    }
  }

  public Address address() {
    return address;
  }

  /** The private key, 32 bytes, for sealing it away. */
  public SecretBytes secret() {
    return SecretBytes.owned(Words.uint(secret));
  }

  /** Signs a digest; the same digest always gets the same signature (RFC 6979, low s). */
  public Signature sign(Bytes32 digest) {
    byte[] message = digest.copy();
    BigInteger e = Words.toUint(message);
    HMacDSAKCalculator nonces = new HMacDSAKCalculator(new SHA256Digest());
    nonces.init(Curve.N, secret, message);
    while (true) {
      BigInteger k = nonces.nextK();
      ECPoint point = multiplyGenerator(k);
      BigInteger x = point.getAffineXCoord().toBigInteger();
      BigInteger s =
          BigIntegers.modOddInverse(Curve.N, k).multiply(e.add(secret.multiply(x))).mod(Curve.N);
      // An x beyond the order cannot be told by v = 27 or 28; one in 2^127 draws again.
      if (x.signum() == 0 || x.compareTo(Curve.N) >= 0 || s.signum() == 0) {
        continue;
      }
      int parity = point.getAffineYCoord().testBitZero() ? 1 : 0;
      boolean high = s.compareTo(Curve.HALF_N) > 0;
      return Signature.of(x, high ? Curve.N.subtract(s) : s, high ? 1 - parity : parity);
    }
  }

  /** Signs a value for one deployment. */
  public <T extends Record> Signed<T> sign(Domain domain, T value) {
    return new Signed<>(value, sign(TypedData.hash(domain, value)));
  }

  private static ECPoint multiplyGenerator(BigInteger scalar) {
    return new FixedPointCombMultiplier().multiply(Curve.PARAMETERS.getG(), scalar).normalize();
  }

  @Override
  public String toString() {
    return "SigningKey[%s]".formatted(address);
  }
}
