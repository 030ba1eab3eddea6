package io.teex.attestation;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signatures as certificates carry them, held against the JDK, which made them. */
final class EcdsaDerTest {
  private static final byte[] MESSAGE = {1, 2, 3};

  @ParameterizedTest
  @EnumSource
  void agreesWithTheJdkAboutSignaturesAndEveryChangeOfThem(Ecdsa algorithm) throws Exception {
    KeyPair key = generate(algorithm);
    byte[] signature = sign(algorithm, key);

    assertThat(algorithm.verifyDer(key.getPublic(), MESSAGE, signature)).isTrue();
    assertThat(jdkVerifies(algorithm, key.getPublic(), signature)).isTrue();
    for (int i = 0; i < signature.length; i++) {
      byte[] changed = signature.clone();
      changed[i] ^= 1;

      assertThat(algorithm.verifyDer(key.getPublic(), MESSAGE, changed)).as("byte %d", i).isFalse();
      assertThat(jdkVerifies(algorithm, key.getPublic(), changed)).as("byte %d", i).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesEverythingThatIsNotExactlyTheSignature(Ecdsa algorithm) throws Exception {
    KeyPair key = generate(algorithm);
    byte[] signature = sign(algorithm, key);
    Ecdsa other = algorithm == Ecdsa.P256_SHA256 ? Ecdsa.P384_SHA384 : Ecdsa.P256_SHA256;

    for (int size = 0; size < signature.length; size++) {
      assertThat(algorithm.verifyDer(key.getPublic(), MESSAGE, Arrays.copyOf(signature, size)))
          .as("%d bytes", size)
          .isFalse();
    }
    assertThat(
            algorithm.verifyDer(
                key.getPublic(), MESSAGE, Arrays.copyOf(signature, signature.length + 1)))
        .isFalse();
    assertThat(algorithm.verifyDer(key.getPublic(), new byte[] {1, 2}, signature)).isFalse();
    assertThat(algorithm.verifyDer(generate(algorithm).getPublic(), MESSAGE, signature)).isFalse();
    assertThat(other.verifyDer(key.getPublic(), MESSAGE, signature)).isFalse();
  }

  private static KeyPair generate(Ecdsa algorithm) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(
        new ECGenParameterSpec(algorithm == Ecdsa.P256_SHA256 ? "secp256r1" : "secp384r1"));
    return generator.generateKeyPair();
  }

  private static byte[] sign(Ecdsa algorithm, KeyPair key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(jdkName(algorithm));
    signature.initSign(key.getPrivate());
    signature.update(MESSAGE);
    return signature.sign();
  }

  private static boolean jdkVerifies(Ecdsa algorithm, PublicKey key, byte[] signature) {
    try {
      Signature verifier = Signature.getInstance(jdkName(algorithm));
      verifier.initVerify(key);
      verifier.update(MESSAGE);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static String jdkName(Ecdsa algorithm) {
    return algorithm == Ecdsa.P256_SHA256 ? "SHA256withECDSA" : "SHA384withECDSA";
  }
}
