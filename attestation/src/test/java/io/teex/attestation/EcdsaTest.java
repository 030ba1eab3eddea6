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
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The JDK knows the answers. */
final class EcdsaTest {
  private static final Map<Ecdsa, String> CURVES =
      Map.of(Ecdsa.P256_SHA256, "secp256r1", Ecdsa.P384_SHA384, "secp384r1");

  @Test
  void answersAsTheJdkDoesOnGenuineAndChangedSignatures() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (Ecdsa ecdsa : Ecdsa.values()) {
      for (int i = 0; i < 40; i++) {
        KeyPair pair = generate(ecdsa);
        byte[] message = new byte[random.nextInt(100)];
        random.nextBytes(message);
        byte[] signature = sign(ecdsa, pair, message);
        assertThat(ecdsa.verify(pair.getPublic(), message, signature)).isTrue();

        byte[] changed = signature.clone();
        changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));

        assertThat(ecdsa.verify(pair.getPublic(), message, changed))
            .as("seed %d, round %d of %s", seed, i, ecdsa)
            .isEqualTo(verifiesByJdk(ecdsa, pair.getPublic(), message, changed))
            .isFalse();
      }
    }
  }

  @Test
  void refusesNumbersOutOfRangeAsTheJdkDoes() throws Exception {
    byte[] message = new byte[3];
    for (Ecdsa ecdsa : Ecdsa.values()) {
      KeyPair pair = generate(ecdsa);
      byte[] signature = sign(ecdsa, pair, message);
      int size = ecdsa.size();
      BigInteger order = ((ECPublicKey) pair.getPublic()).getParams().getOrder();
      byte[] high = Arrays.copyOfRange(order.toByteArray(), 1, size + 1);
      byte[] ones = new byte[size];
      Arrays.fill(ones, (byte) 0xff);
      for (int part : new int[] {0, size}) {
        for (byte[] number : new byte[][] {new byte[size], high, ones}) {
          byte[] changed = signature.clone();
          System.arraycopy(number, 0, changed, part, size);

          assertThat(ecdsa.verify(pair.getPublic(), message, changed))
              .isEqualTo(verifiesByJdk(ecdsa, pair.getPublic(), message, changed))
              .isFalse();
        }
      }
    }
  }

  @Test
  void refusesKeysOfAnotherCurveOffTheCurveOrOfAnotherLength() throws Exception {
    byte[] message = new byte[3];
    KeyPair p256 = generate(Ecdsa.P256_SHA256);
    KeyPair p384 = generate(Ecdsa.P384_SHA384);
    byte[] signature = sign(Ecdsa.P384_SHA384, p384, message);

    assertThat(Ecdsa.P384_SHA384.verify(p256.getPublic(), message, signature)).isFalse();
    assertThat(Ecdsa.P256_SHA256.verify(p384.getPublic(), message, signature)).isFalse();
    assertThat(Ecdsa.P384_SHA384.verify(new byte[96], message, signature)).isFalse();
    assertThat(Ecdsa.P384_SHA384.verify(new byte[95], message, signature)).isFalse();
    assertThat(Ecdsa.P384_SHA384.verify(p384.getPublic(), message, Arrays.copyOf(signature, 95)))
        .isFalse();
    assertThat(Ecdsa.P384_SHA384.verify(p384.getPublic(), message, Arrays.copyOf(signature, 97)))
        .isFalse();
  }

  private static KeyPair generate(Ecdsa ecdsa) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(CURVES.get(ecdsa)));
    return generator.generateKeyPair();
  }

  private static byte[] sign(Ecdsa ecdsa, KeyPair pair, byte[] message)
      throws GeneralSecurityException {
    Signature signature = jdk(ecdsa);
    signature.initSign(pair.getPrivate());
    signature.update(message);
    return signature.sign();
  }

  private static boolean verifiesByJdk(
      Ecdsa ecdsa, PublicKey key, byte[] message, byte[] signature) {
    try {
      Signature verifier = jdk(ecdsa);
      verifier.initVerify(key);
      verifier.update(message);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static Signature jdk(Ecdsa ecdsa) throws GeneralSecurityException {
    String digest = ecdsa == Ecdsa.P256_SHA256 ? "SHA256" : "SHA384";
    return Signature.getInstance(digest + "withECDSAinP1363Format");
  }
}
