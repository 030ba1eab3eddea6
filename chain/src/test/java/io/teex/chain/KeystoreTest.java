package io.teex.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The definition's example for PBKDF2, one for scrypt that was made by Node.js, and what is not
 * like them. The definition's example for scrypt has parameters that RFC 7914 does not allow.
 */
class KeystoreTest {
  private static final String PBKDF2 =
      """
      {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
      "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
      "kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256",
      "salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
      "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},
      "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
      """;

  private static final String SCRYPT =
      """
      {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
      "ciphertext":"91c23c03a8b5117a6e3d78dbb5dfc46f037aff9351dff59c2879586f51756502",
      "kdf":"scrypt","kdfparams":{"dklen":32,"n":8192,"r":8,"p":1,
      "salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
      "mac":"8f8639fe08fe1f43d6c13006d66ad2d993c6674ee2ba03f025596797a73614b9"},
      "id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
      """;

  private static final SigningKey KEY =
      SigningKey.of(
          SecretBytes.copyOf(
              Bytes.fromHex("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d")
                  .copy()));

  private static SigningKey open(String json, String password) {
    return Keystore.open(
        "wallet.json",
        json.getBytes(StandardCharsets.UTF_8),
        SecretBytes.copyOf(password.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void opensWhatOthersWrote() {
    assertThat(open(PBKDF2, "testpassword").address()).isEqualTo(KEY.address());
    assertThat(open(SCRYPT, "testpassword").address()).isEqualTo(KEY.address());
    assertThat(
            open(
                    SCRYPT.replace(
                        "\"version\"",
                        "\"address\":\"%s\",\"version\""
                            .formatted(KEY.address().toString().substring(2))),
                    "testpassword")
                .address())
        .isEqualTo(KEY.address());
  }

  @Test
  void aWrongPasswordSaysSoAndNothingElse() {
    assertThatThrownBy(() -> open(SCRYPT, "guess"))
        .hasMessage("the password does not open wallet.json")
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PERMISSION_DENIED));
  }

  @Test
  void aKeyOfAnotherAccountIsRefused() {
    String other =
        SCRYPT.replace(
            "\"version\"", "\"address\":\"00000000000000000000000000000000000000aa\",\"version\"");

    assertThatThrownBy(() -> open(other, "testpassword"))
        .hasMessageContaining("says that it is the key of 0x00")
        .isInstanceOf(TeexException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"version\":3 | \"version\":1 | its version is not 3",
        "aes-128-ctr | rot13 | its cipher is not aes-128-ctr",
        "\"kdf\":\"scrypt\" | \"kdf\":\"md5\" | neither scrypt nor pbkdf2",
        "8192 | 1073741824 | beyond what is done here",
        "\"r\":8 | \"r\":0 | beyond what is done here",
        "8192 | 3 | beyond what is done here",
        "\"r\":8 | \"r\":1000000 | beyond what is done here",
        "\"dklen\":32 | \"dklen\":16 | its derived key is not of 32 bytes",
        "\"n\":8192, | \"m\":1, | 'n' is missing",
        "ab0c78 | xyz | 'salt' is not hexadecimal",
        "{\"crypto\" | {\"vault\" | is missing",
        "{\"crypto\" | crypto | it is no JSON",
      })
  void whatIsNoKeystoreSaysWhy(String before, String after, String why) {
    assertThatThrownBy(() -> open(SCRYPT.replace(before, after), "testpassword"))
        .hasMessageStartingWith("wallet.json is no keystore: ")
        .hasMessageContaining(why)
        .isInstanceOfSatisfying(
            TeexException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.USAGE));
  }

  @Test
  void tellsAKeystoreFromAKey() {
    assertThat(Keystore.isOne(SCRYPT.getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(Keystore.isOne("\n {".getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(Keystore.isOne("7a28".getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(Keystore.isOne(new byte[0])).isFalse();
  }
}
