package io.teex.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HpkeTest {
  // RFC 9180, appendix A.1.1
  private static final byte[] INFO = hex("4f6465206f6e2061204772656369616e2055726e");
  private static final byte[] AAD = hex("436f756e742d30");
  private static final byte[] PLAINTEXT =
      hex("4265617574792069732074727574682c20747275746820626561757479");

  private final Hpke.KeyPair ephemeral =
      keys("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736");
  private final Hpke.KeyPair receiver =
      keys("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8");

  @Test
  void derivesThePublicKeysOfTheRfc() {
    assertThat(ephemeral.publicKey())
        .hasToString("0x37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
    assertThat(receiver.publicKey())
        .hasToString("0x3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
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
  void sealsAndOpensLikeTheReference() throws Exception {
    Bytes expected =
        Bytes.concat(ephemeral.publicKey().value(), Bytes.of(reference(new ReferenceHpke(2, 32))));

    Bytes sealed =
        Hpke.seal(receiver.publicKey(), INFO, AAD, SecretBytes.copyOf(PLAINTEXT), ephemeral);

    assertThat(sealed).isEqualTo(expected);
    assertThat(Hpke.open(receiver, INFO, AAD, expected).expose()).isEqualTo(PLAINTEXT);
  }

  @ParameterizedTest
  @CsvSource({
    // RFC 9180, appendix A.1.1.2
    "'', 3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee",
    "00, 2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5",
    "54657374436f6e74657874, e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931"
  })
  void exportsLikeTheReferenceThatMatchesTheRfc(String context, String expected) throws Exception {
    byte[] exporter = hex(context);
    byte[] ours = export(new ReferenceHpke(2, 32), exporter);

    Hpke.Sealed sealed =
        Hpke.sealAndExport(
            receiver.publicKey(), INFO, AAD, SecretBytes.copyOf(PLAINTEXT), ephemeral, exporter);
    Hpke.Opened opened = Hpke.openAndExport(receiver, INFO, AAD, sealed.message(), exporter);

    assertThat(export(new ReferenceHpke(1, 16), exporter)).isEqualTo(hex(expected));
    assertThat(sealed.exported().expose()).isEqualTo(ours);
    assertThat(opened.exported().expose()).isEqualTo(ours);
    assertThat(opened.message().expose()).isEqualTo(PLAINTEXT);
  }

  private byte[] export(ReferenceHpke suite, byte[] exporterContext) throws Exception {
    return suite.export(
        ephemeral.privateKey().expose(),
        ephemeral.publicKey().copy(),
        receiver.publicKey().copy(),
        INFO,
        exporterContext);
  }

  @Test
  void opensWhatItSealedAndNothingElse() {
    RandomGenerator random = Seeds.random();
    Bytes sealed =
        Hpke.seal(receiver.publicKey(), INFO, AAD, SecretBytes.copyOf(PLAINTEXT), random);

    assertThat(sealed.size()).isEqualTo(PLAINTEXT.length + Hpke.OVERHEAD_BYTES);
    assertThat(Hpke.open(receiver, INFO, AAD, sealed).expose()).isEqualTo(PLAINTEXT);
    refuses(ephemeral, INFO, AAD, sealed);
    refuses(receiver, AAD, AAD, sealed);
    refuses(receiver, INFO, INFO, sealed);
    refuses(receiver, INFO, AAD, Bytes.concat(sealed, Bytes.of((byte) 0)));
    for (int size = 0; size < sealed.size(); size++) {
      refuses(receiver, INFO, AAD, sealed.slice(0, size));
    }
    for (int bit = 0; bit < sealed.size() * 8; bit++) {
      byte[] flipped = sealed.copy();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      refuses(receiver, INFO, AAD, Bytes.of(flipped));
    }
  }

  @Test
  void refusesAPublicKeyOfSmallOrder() {
    assertThatThrownBy(
            () -> Hpke.seal(Bytes32.ZERO, INFO, AAD, SecretBytes.copyOf(PLAINTEXT), Seeds.random()))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
    assertThatThrownBy(() -> Hpke.requirePublicKey(Bytes32.ZERO))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED));
    Hpke.requirePublicKey(receiver.publicKey());
  }

  @Test
  void neverPrintsThePrivateKey() {
    assertThat(receiver.toString()).doesNotContain("4612c550");
    assertThat(receiver.privateKey().toString()).doesNotContain("4612c550");
  }

  private byte[] reference(ReferenceHpke suite) throws Exception {
    return suite.seal(
        ephemeral.privateKey().expose(),
        ephemeral.publicKey().copy(),
        receiver.publicKey().copy(),
        INFO,
        AAD,
        PLAINTEXT);
  }

  private static void refuses(Hpke.KeyPair keys, byte[] info, byte[] aad, Bytes sealed) {
    assertThatThrownBy(() -> Hpke.open(keys, info, aad, sealed))
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BLOB_TAMPERED));
  }

  private static Hpke.KeyPair keys(String secret) {
    return Hpke.KeyPair.of(SecretBytes.copyOf(hex(secret)));
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
