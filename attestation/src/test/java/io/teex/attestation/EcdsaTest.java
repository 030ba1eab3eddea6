package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds the library that is used against the JDK, which says the same about every signature. */
final class EcdsaTest {
  private static final int ROUNDS = 40;

  private final Random random = new Random(20_260_301);

  @ParameterizedTest
  @EnumSource
  void agreesWithTheJdkAboutSignaturesAndTheirDamage(Ecdsa algorithm) throws Exception {
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      KeyPair key = generate(algorithm);
      byte[] message = new byte[random.nextInt(1_000)];
      random.nextBytes(message);
      byte[] signature = sign(algorithm, key, message);
      if (round % 2 == 1) {
        signature[random.nextInt(signature.length)] ^= (byte) (1 << random.nextInt(8));
      }

      boolean holds = algorithm.verify(point(algorithm, key), message, signature);

      assertThat(holds).isEqualTo(round % 2 == 0);
      assertThat(holds).isEqualTo(jdkVerifies(algorithm, key.getPublic(), message, signature));
      assertThat(holds).isEqualTo(algorithm.verify(key.getPublic(), message, signature));
      accepted += holds ? 1 : 0;
    }
    assertThat(accepted).isEqualTo(ROUNDS / 2);
  }

  @ParameterizedTest
  @EnumSource
  void refusesNumbersThatAreNotBelowTheOrder(Ecdsa algorithm) throws Exception {
    KeyPair key = generate(algorithm);
    byte[] message = {1, 2, 3};
    byte[] good = sign(algorithm, key, message);
    BigInteger order = ((ECPublicKey) key.getPublic()).getParams().getOrder();
    int size = algorithm.size();

    for (int part = 0; part < 2; part++) {
      for (BigInteger value : new BigInteger[] {BigInteger.ZERO, order}) {
        byte[] bad = good.clone();
        put(value, bad, part * size, size);

        assertThat(algorithm.verify(point(algorithm, key), message, bad)).isFalse();
        assertThat(jdkVerifies(algorithm, key.getPublic(), message, bad)).isFalse();
      }
    }
    assertThat(algorithm.verify(point(algorithm, key), message, new byte[2 * size])).isFalse();
    assertThat(algorithm.verify(point(algorithm, key), message, Arrays.copyOf(good, 2 * size - 1)))
        .isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void refusesPointsThatAreNoneOfTheCurve(Ecdsa algorithm) throws Exception {
    KeyPair key = generate(algorithm);
    byte[] message = {1, 2, 3};
    byte[] signature = sign(algorithm, key, message);
    byte[] point = point(algorithm, key);
    byte[] beside = point.clone();
    beside[beside.length - 1] ^= 1;
    byte[] outside = point.clone();
    Arrays.fill(outside, 0, algorithm.size(), (byte) 0xff);

    assertThat(algorithm.verify(point, message, signature)).isTrue();
    assertThat(algorithm.verify(beside, message, signature)).isFalse();
    assertThat(algorithm.verify(outside, message, signature)).isFalse();
    assertThat(algorithm.verify(new byte[point.length], message, signature)).isFalse();
    assertThat(algorithm.verify(Arrays.copyOf(point, point.length - 1), message, signature))
        .isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void refusesKeysOfAnotherCurve(Ecdsa algorithm) throws Exception {
    Ecdsa other = algorithm == Ecdsa.P256_SHA256 ? Ecdsa.P384_SHA384 : Ecdsa.P256_SHA256;
    KeyPair key = generate(other);
    byte[] message = {1, 2, 3};

    assertThat(algorithm.verify(key.getPublic(), message, sign(other, key, message))).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void readsSignaturesOfCertificatesStrictly(Ecdsa algorithm) throws Exception {
    KeyPair key = generate(algorithm);
    byte[] message = {1, 2, 3};
    String name = algorithm == Ecdsa.P256_SHA256 ? "SHA256withECDSA" : "SHA384withECDSA";
    Signature signer = Signature.getInstance(name);
    signer.initSign(key.getPrivate());
    signer.update(message);
    byte[] der = signer.sign();

    assertThat(algorithm.verifyDer(key.getPublic(), message, der)).isTrue();
    assertThat(algorithm.verifyDer(key.getPublic(), new byte[] {1, 2}, der)).isFalse();
    assertThat(algorithm.verifyDer(generate(algorithm).getPublic(), message, der)).isFalse();
    for (int i = 0; i < der.length; i++) {
      byte[] changed = der.clone();
      changed[i] ^= 1;

      assertThat(algorithm.verifyDer(key.getPublic(), message, changed)).as("byte %d", i).isFalse();
      assertThat(algorithm.verifyDer(key.getPublic(), message, Arrays.copyOf(der, i))).isFalse();
    }
    assertThat(algorithm.verifyDer(key.getPublic(), message, Arrays.copyOf(der, der.length + 1)))
        .isFalse();
  }

  private static KeyPair generate(Ecdsa algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(
        new ECGenParameterSpec(algorithm == Ecdsa.P256_SHA256 ? "secp256r1" : "secp384r1"));
    return generator.generateKeyPair();
  }

  private static byte[] sign(Ecdsa algorithm, KeyPair key, byte[] message)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(jdkName(algorithm));
    signature.initSign(key.getPrivate());
    signature.update(message);
    return signature.sign();
  }

  private static boolean jdkVerifies(
      Ecdsa algorithm, PublicKey key, byte[] message, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(jdkName(algorithm));
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String jdkName(Ecdsa algorithm) {
    return algorithm == Ecdsa.P256_SHA256
        ? "SHA256withECDSAinP1363Format"
        : "SHA384withECDSAinP1363Format";
  }

  private static byte[] point(Ecdsa algorithm, KeyPair key) {
    byte[] encoded = key.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - 2 * algorithm.size(), encoded.length);
  }

  private static void put(BigInteger value, byte[] target, int offset, int size) {
    Arrays.fill(target, offset, offset + size, (byte) 0);
    byte[] bytes = value.toByteArray();
    int skip = Math.max(0, bytes.length - size);
    System.arraycopy(
        bytes, skip, target, offset + size - (bytes.length - skip), bytes.length - skip);
  }
}
