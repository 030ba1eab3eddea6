package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SigningKeyTest {
  private static final String SECRET =
      "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

  @Test
  void knowsItsAccount() {
    assertThat(key().address()).hasToString("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
  }

  @Test
  void signsTheSameDigestTheSameWay() {
    Bytes32 digest = Sha256.hash(new byte[] {1});

    assertThat(key().sign(digest)).isEqualTo(key().sign(digest));
  }

  @Test
  void recoversEveryKeyFromItsSignature() {
    RandomGenerator random = Seeds.random();

    for (int i = 0; i < 100; i++) {
      SigningKey key = SigningKey.generate(random);
      Bytes32 digest = Bytes32.random(random);
      assertThat(key.sign(digest).recover(digest)).isEqualTo(key.address());
    }
  }

  @Test
  void survivesBeingSealedAway() {
    assertThat(SigningKey.of(key().secret()).address()).isEqualTo(key().address());
  }

  @Test
  void neverPrintsTheKey() {
    assertThat(key().toString()).doesNotContainIgnoringCase(SECRET.substring(0, 16));
    assertThat(key().secret().toString()).doesNotContainIgnoringCase(SECRET.substring(0, 16));
  }

  @Test
  void refusesNumbersThatAreNoKeys() {
    byte[] zero = new byte[32];
    byte[] order = Words.uint(Curve.N);

    assertThatThrownBy(() -> SigningKey.of(SecretBytes.copyOf(zero)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SigningKey.of(SecretBytes.copyOf(order)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SigningKey.of(SecretBytes.copyOf(Arrays.copyOf(zero, 31))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesTheOtherSignatureOfTheSameMessage() {
    Signature good = key().sign(Sha256.hash(new byte[] {1}));
    byte[] high = good.bytes().copy();
    System.arraycopy(Words.uint(Curve.N.subtract(good.s())), 0, high, 32, 32);
    high[64] = (byte) (27 + (1 - good.parity()));

    assertInvalid(high);
  }

  @Test
  void refusesSignaturesOfAnotherForm() {
    byte[] good = key().sign(Sha256.hash(new byte[] {1})).bytes().copy();

    assertInvalid(Arrays.copyOf(good, 64));
    assertInvalid(Arrays.copyOf(good, 66));
    assertInvalid(with(good, 64, 0));
    assertInvalid(with(good, 64, 29));
    byte[] zeroR = good.clone();
    Arrays.fill(zeroR, 0, 32, (byte) 0);
    assertInvalid(zeroR);
    byte[] zeroS = good.clone();
    Arrays.fill(zeroS, 32, 64, (byte) 0);
    assertInvalid(zeroS);
    byte[] orderR = good.clone();
    System.arraycopy(Words.uint(Curve.N), 0, orderR, 0, 32);
    assertInvalid(orderR);
  }

  @Test
  void aFlippedBitNeverRecoversToTheSigner() {
    Bytes32 digest = Sha256.hash(new byte[] {1});
    byte[] good = key().sign(digest).bytes().copy();

    for (int bit = 0; bit < good.length * 8; bit++) {
      byte[] flipped = good.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        assertThat(new Signature(Bytes.of(flipped)).recover(digest)).isNotEqualTo(key().address());
      } catch (TeexException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_INVALID);
      }
    }
  }

  private static void assertInvalid(byte[] bytes) {
    assertThatThrownBy(() -> new Signature(Bytes.of(bytes)))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_INVALID));
  }

  private static byte[] with(byte[] bytes, int index, int value) {
    byte[] changed = bytes.clone();
    changed[index] = (byte) value;
    return changed;
  }

  private static SigningKey key() {
    return SigningKey.of(SecretBytes.copyOf(Words.uint(new BigInteger(SECRET, 16))));
  }
}
