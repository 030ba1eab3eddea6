package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Locale;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.generators.SCrypt;
import org.bouncycastle.crypto.params.KeyParameter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keys under a password, in files as all Ethereum wallets write them: version 3 of the Web3 secret
 * storage, with scrypt or PBKDF2.
 *
 * @see <a
 *     href="https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage">
 *     Web3 secret storage</a>
 */
public final class Keystore {
  private static final int VERSION = 3;
  private static final int HALF = 16;
  private static final int KEY = 32;

  // What a file may ask of whoever opens it: more is an attack, or a mistake.
  private static final int SCRYPT_N_MAX = 1 << 20;
  private static final long SCRYPT_BYTES_MAX = 1L << 30;
  private static final int SCRYPT_P_MAX = 64;
  private static final int PBKDF2_ROUNDS_MAX = 50_000_000;
  private static final JsonMapper JSON = new JsonMapper();

  private Keystore() {}

  /** Whether a file's content looks like a keystore, and not like a key. */
  public static boolean isOne(byte[] content) {
    for (byte each : content) {
      if (!Character.isWhitespace(each)) {
        return each == '{';
      }
    }
    return false;
  }

  /**
   * Opens a keystore.
   *
   * @param source what messages call it
   * @throws TeexException {@code USAGE} if it is no keystore of version 3, {@code
   *     PERMISSION_DENIED} if the password is wrong
   */
  public static SigningKey open(String source, byte[] content, SecretBytes password) {
    try {
      JsonNode json = JSON.readTree(content);
      if (json.path("version").asInt(0) != VERSION) {
        throw refused(source, "its version is not 3");
      }
      JsonNode crypto = json.path("crypto").isObject() ? json.path("crypto") : json.path("Crypto");
      return open(source, crypto, json.path("address").asString(""), password);
    } catch (JacksonException e) {
      throw refused(source, "it is no JSON");
    } catch (IllegalArgumentException e) {
      throw refused(source, String.valueOf(e.getMessage()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no AES in this JVM", e);
    }
  }

  private static SigningKey open(
      String source, JsonNode crypto, String address, SecretBytes password)
      throws GeneralSecurityException {
    if (!text(crypto, "cipher").equals("aes-128-ctr")) {
      throw new IllegalArgumentException("its cipher is not aes-128-ctr");
    }
    byte[] ciphertext = bytes(crypto, "ciphertext");
    byte[] derived = derive(crypto, password);
    try {
      byte[] mac =
          Keccak.hash(
                  Bytes.concat(
                          Bytes.of(Arrays.copyOfRange(derived, HALF, KEY)), Bytes.of(ciphertext))
                      .copy())
              .copy();
      if (!MessageDigest.isEqual(mac, bytes(crypto, "mac"))) {
        throw new TeexException(
            ErrorCode.PERMISSION_DENIED, "the password does not open %s".formatted(source));
      }
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new SecretKeySpec(derived, 0, HALF, "AES"),
          new IvParameterSpec(bytes(crypto.path("cipherparams"), "iv")));
      try (SecretBytes secret = SecretBytes.owned(cipher.doFinal(ciphertext))) {
        return requireAccount(SigningKey.of(secret), address);
      }
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  private static SigningKey requireAccount(SigningKey key, String address) {
    String own = key.address().toString().substring(2).toLowerCase(Locale.ROOT);
    String said = address.toLowerCase(Locale.ROOT).replaceFirst("^0x", "");
    if (!said.isEmpty() && !said.equals(own)) {
      throw new IllegalArgumentException(
          "it says that it is the key of 0x%s and is that of %s".formatted(said, key.address()));
    }
    return key;
  }

  private static byte[] derive(JsonNode crypto, SecretBytes password) {
    JsonNode parameters = crypto.path("kdfparams");
    if (number(parameters, "dklen") != KEY) {
      throw new IllegalArgumentException("its derived key is not of 32 bytes");
    }
    byte[] salt = bytes(parameters, "salt");
    byte[] words = password.expose();
    try {
      return switch (text(crypto, "kdf")) {
        case "scrypt" -> scrypt(parameters, words, salt);
        case "pbkdf2" -> pbkdf2(parameters, words, salt);
        default -> throw new IllegalArgumentException("its kdf is neither scrypt nor pbkdf2");
      };
    } finally {
      Arrays.fill(words, (byte) 0);
    }
  }

  private static byte[] scrypt(JsonNode parameters, byte[] password, byte[] salt) {
    int n = number(parameters, "n");
    int r = number(parameters, "r");
    int p = number(parameters, "p");
    boolean bounded =
        n > 1
            && Integer.bitCount(n) == 1
            && n <= SCRYPT_N_MAX
            && r > 0
            && p > 0
            && p <= SCRYPT_P_MAX
            && (r > 1 || n < 1 << 16) // RFC 7914
            && 128L * n * r <= SCRYPT_BYTES_MAX;
    if (!bounded) {
      throw new IllegalArgumentException(
          "scrypt with n %d, r %d, p %d is beyond what is done here".formatted(n, r, p));
    }
    return SCrypt.generate(password, salt, n, r, p, KEY);
  }

  private static byte[] pbkdf2(JsonNode parameters, byte[] password, byte[] salt) {
    int rounds = number(parameters, "c");
    if (!text(parameters, "prf").equals("hmac-sha256")
        || rounds < 1
        || rounds > PBKDF2_ROUNDS_MAX) {
      throw new IllegalArgumentException(
          "PBKDF2 with %d rounds, or not with hmac-sha256, is beyond what is done here"
              .formatted(rounds));
    }
    PKCS5S2ParametersGenerator generator = new PKCS5S2ParametersGenerator(new SHA256Digest());
    generator.init(password, salt, rounds);
    return ((KeyParameter) generator.generateDerivedMacParameters(8 * KEY)).getKey();
  }

  private static String text(JsonNode json, String field) {
    if (!json.path(field).isString()) {
      throw new IllegalArgumentException("'%s' is missing".formatted(field));
    }
    return json.path(field).asString();
  }

  private static int number(JsonNode json, String field) {
    if (!json.path(field).isInt()) {
      throw new IllegalArgumentException("'%s' is missing".formatted(field));
    }
    return json.path(field).asInt();
  }

  private static byte[] bytes(JsonNode json, String field) {
    String hex = text(json, field);
    try {
      return Bytes.fromHex(hex).copy();
    } catch (IllegalArgumentException | TeexException e) {
      throw new IllegalArgumentException("'%s' is not hexadecimal".formatted(field), e);
    }
  }

  private static TeexException refused(String source, String why) {
    return new TeexException(ErrorCode.USAGE, "%s is no keystore: %s".formatted(source, why));
  }
}
