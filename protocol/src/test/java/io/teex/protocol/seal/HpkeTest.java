package io.teex.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HpkeTest {
  // RFC 9180, appendix A.1.1
  private static final byte[] INFO = hex("4f6465206f6e2061204772656369616e2055726e");
  private static final byte[] ASSOCIATED = hex("436f756e742d30");
  private static final byte[] PLAINTEXT =
      hex("4265617574792069732074727574682c20747275746820626561757479");
  private static final byte[] EPHEMERAL_SEED =
      hex("7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234");
  private static final byte[] RECEIVER_SEED =
      hex("6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037");

  private final Hpke.KeyPair ephemeral = Hpke.derive(SecretBytes.copyOf(EPHEMERAL_SEED));
  private final Hpke.KeyPair receiver = Hpke.derive(SecretBytes.copyOf(RECEIVER_SEED));

  @Test
  void derivesTheKeyPairsOfTheRfc() {
    assertThat(ephemeral.privateKey().expose())
        .isEqualTo(hex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"));
    assertThat(ephemeral.publicKey())
        .isEqualTo(
            Bytes32.fromHex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"));
    assertThat(receiver.publicKey())
        .isEqualTo(
            Bytes32.fromHex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"));
  }

  @Test
  void theReferenceMatchesTheRfc() throws Exception {
    byte[] sealed = reference(new ReferenceHpke(1, 16));

    assertThat(sealed)
        .isEqualTo(
            hex(
                "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
                    + "6d8770ac83d07bea87e13c512a"));
  }

  @Test
  void opensWhatTheReferenceSealed() throws Exception {
    byte[] ciphertext = reference(new ReferenceHpke(2, 32));
    byte[] sealed = Arrays.copyOf(ephemeral.publicKey().copy(), 32 + ciphertext.length);
    System.arraycopy(ciphertext, 0, sealed, 32, ciphertext.length);

    SecretBytes opened = Hpke.open(receiver.privateKey(), INFO, ASSOCIATED, sealed);

    assertThat(opened.expose()).isEqualTo(PLAINTEXT);
  }

  @Test
  void opensWhatItSealedAndNothingElse() {
    byte[] sealed = Hpke.seal(receiver.publicKey(), INFO, ASSOCIATED, PLAINTEXT);

    assertThat(sealed).hasSize(PLAINTEXT.length + Hpke.OVERHEAD_BYTES);
    assertThat(Hpke.open(receiver.privateKey(), INFO, ASSOCIATED, sealed).expose())
        .isEqualTo(PLAINTEXT);
    refuses(ephemeral.privateKey(), INFO, ASSOCIATED, sealed);
    refuses(receiver.privateKey(), ASSOCIATED, ASSOCIATED, sealed);
    refuses(receiver.privateKey(), INFO, INFO, sealed);
    refuses(receiver.privateKey(), INFO, ASSOCIATED, Arrays.copyOf(sealed, sealed.length - 1));
    refuses(receiver.privateKey(), INFO, ASSOCIATED, new byte[7]);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 4;
      refuses(receiver.privateKey(), INFO, ASSOCIATED, changed);
    }
  }

  @Test
  void refusesAPublicKeyOfSmallOrder() {
    assertThatThrownBy(() -> Hpke.seal(Bytes32.ZERO, INFO, ASSOCIATED, PLAINTEXT))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
  }

  @Test
  void everySealingDiffers() {
    byte[] plaintext = "same".getBytes(StandardCharsets.US_ASCII);

    assertThat(Hpke.seal(receiver.publicKey(), INFO, ASSOCIATED, plaintext))
        .isNotEqualTo(Hpke.seal(receiver.publicKey(), INFO, ASSOCIATED, plaintext));
    assertThat(Hpke.generate().publicKey()).isNotEqualTo(Hpke.generate().publicKey());
  }

  private byte[] reference(ReferenceHpke suite) throws Exception {
    return suite.seal(
        ephemeral.privateKey().expose(),
        ephemeral.publicKey().copy(),
        receiver.publicKey().copy(),
        INFO,
        ASSOCIATED,
        PLAINTEXT);
  }

  private static void refuses(SecretBytes key, byte[] info, byte[] associated, byte[] sealed) {
    assertThatThrownBy(() -> Hpke.open(key, info, associated, sealed))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_TAMPERED));
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
