package io.teex.attestation;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/** Keys of P-256 and signatures by our own, ECDSA with SHA-256 by the JDK. */
public final class P256 {
  /** SubjectPublicKeyInfo up to the point: every P-256 key begins with these bytes. */
  private static final byte[] SPKI_PREFIX =
      HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

  private static final String SIGNATURE = "SHA256withECDSAinP1363Format";

  private P256() {}

  public static KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  /** Whether this is a P-256 key in its usual encoding. */
  public static boolean isKey(PublicKey key) {
    byte[] encoded = key.getEncoded();
    return key instanceof ECPublicKey
        && encoded != null
        && encoded.length == SPKI_PREFIX.length + 65
        && Arrays.equals(encoded, 0, SPKI_PREFIX.length, SPKI_PREFIX, 0, SPKI_PREFIX.length);
  }

  /**
   * @param encoded SubjectPublicKeyInfo, in its one usual form
   * @throws GeneralSecurityException if it is anything else, or no point of the curve
   */
  public static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
    PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
    if (!isKey(key) || !Arrays.equals(key.getEncoded(), encoded)) {
      throw new GeneralSecurityException("not a P-256 public key");
    }
    return key;
  }

  static PrivateKey privateKey(byte[] pkcs8) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  /** Signs to 64 bytes, r ‖ s. */
  static byte[] sign(PrivateKey key, byte[] message, SecureRandom random) {
    try {
      Signature signature = Signature.getInstance(SIGNATURE);
      signature.initSign(key, random);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a P-256 key of our own cannot sign", e);
    }
  }

  /** Verifies r ‖ s, by whatever {@link Ecdsa} measured as the faster. */
  static boolean verify(PublicKey key, byte[] message, byte[] signature) {
    return isKey(key) && Ecdsa.P256_SHA256.verify(key, message, signature);
  }
}
