package io.teex.protocol;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.jspecify.annotations.Nullable;

/**
 * Sealing to a public key: HPKE in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
 * AES-256-GCM. Only the holder of the private key can open, and only with the same {@code info} and
 * {@code aad}; it does not say who sealed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9180">RFC 9180</a>
 */
public final class Hpke {
  /** Bytes by which a sealed message is longer than its plaintext: encapsulated key and tag. */
  public static final int OVERHEAD_BYTES = Bytes32.SIZE + 16;

  private static final SecretBytes NOTHING = SecretBytes.owned(new byte[0]);

  /** For who needs no exported secret. */
  private static final byte[] NO_EXPORT = {};

  /** Nothing is ever sealed with it: it finds out what can be. */
  private static final KeyPair PROBE = KeyPair.of(SecretBytes.owned(new byte[Bytes32.SIZE]));

  private Hpke() {}

  /** Bouncy Castle's suite keeps state while it works, so every operation takes its own. */
  private static HPKE suite() {
    return new HPKE(
        HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  /** An X25519 key pair. */
  public static final class KeyPair {
    private final Bytes32 publicKey;
    private final SecretBytes privateKey;

    private KeyPair(SecretBytes privateKey) {
      this.privateKey = privateKey;
      byte[] secret = privateKey.expose();
      publicKey =
          Bytes32.owned(new X25519PrivateKeyParameters(secret).generatePublicKey().getEncoded());
      Arrays.fill(secret, (byte) 0);
    }

    /**
     * @param random cryptographically strong outside of tests
     */
    public static KeyPair generate(RandomGenerator random) {
      return new KeyPair(SecretBytes.random(random, Bytes32.SIZE));
    }

    /**
     * @param privateKey 32 bytes
     */
    public static KeyPair of(SecretBytes privateKey) {
      if (privateKey.size() != Bytes32.SIZE) {
        throw new IllegalArgumentException("an X25519 private key has 32 bytes");
      }
      return new KeyPair(privateKey);
    }

    public Bytes32 publicKey() {
      return publicKey;
    }

    public SecretBytes privateKey() {
      return privateKey;
    }

    private AsymmetricCipherKeyPair parameters() {
      byte[] secret = privateKey.expose();
      try {
        return suite().deserializePrivateKey(secret, publicKey.copy());
      } finally {
        Arrays.fill(secret, (byte) 0);
      }
    }

    @Override
    public String toString() {
      return "KeyPair[%s]".formatted(publicKey);
    }
  }

  /**
   * Says before anything is done for the holder of a public key whether {@link #seal} can be.
   *
   * @throws TeexException {@code MALFORMED} if the public key is a point of small order
   */
  public static void requirePublicKey(Bytes32 publicKey) {
    seal(publicKey, new byte[0], new byte[0], NOTHING, PROBE);
  }

  /**
   * Seals for the holder of a public key: encapsulated key (32 bytes) ‖ ciphertext and tag.
   *
   * @param info what the message is for, so that it opens for nothing else
   * @param aad what the message belongs to
   * @throws TeexException {@code MALFORMED} if the public key is a point of small order
   */
  public static Bytes seal(
      Bytes32 publicKey, byte[] info, byte[] aad, SecretBytes plaintext, RandomGenerator random) {
    return seal(publicKey, info, aad, plaintext, KeyPair.generate(random));
  }

  static Bytes seal(
      Bytes32 publicKey, byte[] info, byte[] aad, SecretBytes plaintext, KeyPair ephemeral) {
    return sealAndExport(publicKey, info, aad, plaintext, ephemeral, NO_EXPORT).message();
  }

  /**
   * A sealed message, and a secret of {@value Bytes32#SIZE} bytes that only its sender and its
   * receiver can know.
   */
  record Sealed(Bytes message, SecretBytes exported) {}

  /** An opened message, and the same secret on the receiver's side. */
  record Opened(SecretBytes message, SecretBytes exported) {}

  /** Seals as {@link #seal} does. The secret depends on everything but {@code aad} and message. */
  static Sealed sealAndExport(
      Bytes32 publicKey,
      byte[] info,
      byte[] aad,
      SecretBytes plaintext,
      KeyPair ephemeral,
      byte[] exporterContext) {
    byte[] exposed = plaintext.expose();
    try {
      HPKE suite = suite();
      HPKEContextWithEncapsulation context =
          suite.setupBaseS(
              suite.deserializePublicKey(publicKey.copy()), info, ephemeral.parameters());
      byte[] sealed = context.seal(aad, exposed);
      return new Sealed(
          Bytes.concat(Bytes.owned(context.getEncapsulation()), Bytes.owned(sealed)),
          SecretBytes.owned(context.export(exporterContext, Bytes32.SIZE)));
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new TeexException(ErrorCode.MALFORMED, publicKey + " is no X25519 public key", e);
    } catch (InvalidCipherTextException e) {
      throw new IllegalStateException("sealing cannot fail", e);
    } finally {
      Arrays.fill(exposed, (byte) 0);
    }
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws TeexException {@code BLOB_TAMPERED} if it was changed, or sealed to another key, for
   *     another purpose or with other data
   */
  public static SecretBytes open(KeyPair keys, byte[] info, byte[] aad, Bytes sealed) {
    return openAndExport(keys, info, aad, sealed, NO_EXPORT).message();
  }

  /**
   * Opens what {@link #sealAndExport} made.
   *
   * @throws TeexException {@code BLOB_TAMPERED}
   */
  static Opened openAndExport(
      KeyPair keys, byte[] info, byte[] aad, Bytes sealed, byte[] exporterContext) {
    if (sealed.size() < OVERHEAD_BYTES) {
      throw refused(null);
    }
    // Large messages are not copied more often than has to be.
    byte[] all = sealed.copy();
    byte[] encapsulation = Arrays.copyOf(all, Bytes32.SIZE);
    try {
      HPKEContext context = suite().setupBaseR(encapsulation, keys.parameters(), info);
      return new Opened(
          SecretBytes.owned(context.open(aad, all, Bytes32.SIZE, all.length - Bytes32.SIZE)),
          SecretBytes.owned(context.export(exporterContext, Bytes32.SIZE)));
    } catch (IllegalStateException | IllegalArgumentException | InvalidCipherTextException e) {
      throw refused(e);
    }
  }

  private static TeexException refused(@Nullable Exception cause) {
    String message = "the sealed message does not open: changed, or sealed for something else";
    return cause == null
        ? new TeexException(ErrorCode.BLOB_TAMPERED, message)
        : new TeexException(ErrorCode.BLOB_TAMPERED, message, cause);
  }
}
