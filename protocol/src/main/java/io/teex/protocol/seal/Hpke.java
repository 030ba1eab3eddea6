package io.teex.protocol.seal;

import io.teex.protocol.Bytes32;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import java.util.Arrays;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * Seals a short secret to a public key: base mode of RFC 9180 with DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256 and AES-256-GCM. Only the holder of the private key can open it, and only with the
 * same {@code info} and associated data; it does not tell who sealed it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9180">RFC 9180</a>
 */
public final class Hpke {
  /** The encapsulated key comes first in what {@link #seal} returns. */
  public static final int ENCAPSULATED_BYTES = 32;

  /** What sealing adds to a plaintext: the encapsulated key and the tag. */
  public static final int OVERHEAD_BYTES = ENCAPSULATED_BYTES + 16;

  private Hpke() {}

  /** An X25519 key pair. Only the public half may be printed. */
  public record KeyPair(SecretBytes privateKey, Bytes32 publicKey) {}

  /** A fresh key pair of the system's strong randomness. */
  public static KeyPair generate() {
    return keyPair(suite().generatePrivateKey());
  }

  /**
   * The key pair that belongs to a seed of at least 32 secret bytes (DeriveKeyPair, section 7.1.3).
   */
  public static KeyPair derive(SecretBytes seed) {
    byte[] material = seed.expose();
    try {
      return keyPair(suite().deriveKeyPair(material));
    } finally {
      Arrays.fill(material, (byte) 0);
    }
  }

  /** The encapsulated key followed by the ciphertext and its tag. */
  public static byte[] seal(Bytes32 publicKey, byte[] info, byte[] associated, byte[] plaintext) {
    HPKE suite = suite();
    try {
      byte[][] sealed =
          suite.seal(
              suite.deserializePublicKey(publicKey.copy()),
              info,
              associated,
              plaintext,
              null,
              null,
              null);
      byte[] all = Arrays.copyOf(sealed[1], sealed[1].length + sealed[0].length);
      System.arraycopy(sealed[0], 0, all, sealed[1].length, sealed[0].length);
      return all;
    } catch (InvalidCipherTextException | RuntimeException e) {
      throw new TeexException(
          ErrorCode.MALFORMED, "%s is not a usable X25519 public key".formatted(publicKey), e);
    }
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws TeexException {@code BLOB_TAMPERED} if it was made for another key, info or associated
   *     data, or was changed
   */
  public static SecretBytes open(
      SecretBytes privateKey, byte[] info, byte[] associated, byte[] sealed) {
    if (sealed.length < OVERHEAD_BYTES) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "%d bytes are less than a sealed secret has".formatted(sealed.length));
    }
    HPKE suite = suite();
    byte[] key = privateKey.expose();
    try {
      byte[] plaintext =
          suite.open(
              Arrays.copyOf(sealed, ENCAPSULATED_BYTES),
              pair(new X25519PrivateKeyParameters(key, 0)),
              info,
              associated,
              Arrays.copyOfRange(sealed, ENCAPSULATED_BYTES, sealed.length),
              null,
              null,
              null);
      SecretBytes opened = SecretBytes.copyOf(plaintext);
      Arrays.fill(plaintext, (byte) 0);
      return opened;
    } catch (InvalidCipherTextException | RuntimeException e) {
      throw new TeexException(
          ErrorCode.BLOB_TAMPERED,
          "the sealed secret was changed, or made for another key or purpose",
          e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static HPKE suite() {
    return new HPKE(
        HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  private static AsymmetricCipherKeyPair pair(X25519PrivateKeyParameters key) {
    return new AsymmetricCipherKeyPair(key.generatePublicKey(), key);
  }

  private static KeyPair keyPair(AsymmetricCipherKeyPair pair) {
    byte[] secret = ((X25519PrivateKeyParameters) pair.getPrivate()).getEncoded();
    KeyPair made =
        new KeyPair(
            SecretBytes.copyOf(secret),
            Bytes32.of(((X25519PublicKeyParameters) pair.getPublic()).getEncoded()));
    Arrays.fill(secret, (byte) 0);
    return made;
  }
}
