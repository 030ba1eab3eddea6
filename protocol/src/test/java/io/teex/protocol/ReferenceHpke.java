package io.teex.protocol;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * RFC 9180 in base mode, written from its text on nothing but the JDK. The RFC has no vector of our
 * suite (X25519 with AES-256-GCM), so this one is held against its AES-128-GCM vector, and ours
 * against this one.
 */
record ReferenceHpke(int aead, int keyBytes) {
  private static final byte[] KEM = {'K', 'E', 'M', 0, 0x20};

  byte[] seal(
      byte[] ephemeralPrivate,
      byte[] ephemeralPublic,
      byte[] receiver,
      byte[] info,
      byte[] associated,
      byte[] plaintext)
      throws GeneralSecurityException {
    Schedule schedule = schedule(ephemeralPrivate, ephemeralPublic, receiver, info);
    byte[] key = schedule.derive("key", keyBytes);
    byte[] nonce = schedule.derive("base_nonce", 12);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    cipher.updateAAD(associated);
    return cipher.doFinal(plaintext);
  }

  /** A secret of 32 bytes for this context. */
  byte[] export(
      byte[] ephemeralPrivate,
      byte[] ephemeralPublic,
      byte[] receiver,
      byte[] info,
      byte[] exporterContext)
      throws GeneralSecurityException {
    byte[] secret = schedule(ephemeralPrivate, ephemeralPublic, receiver, info).derive("exp", 32);
    return expand(suite(), secret, "sec", exporterContext, 32);
  }

  private interface Schedule {
    byte[] derive(String label, int size) throws GeneralSecurityException;
  }

  private byte[] suite() {
    return new byte[] {'H', 'P', 'K', 'E', 0, 0x20, 0, 1, 0, (byte) aead};
  }

  private Schedule schedule(
      byte[] ephemeralPrivate, byte[] ephemeralPublic, byte[] receiver, byte[] info)
      throws GeneralSecurityException {
    byte[] shared = agree(ephemeralPrivate, receiver);
    byte[] context = join(ephemeralPublic, receiver);
    byte[] eaePrk = extract(KEM, new byte[0], "eae_prk", shared);
    byte[] secret = expand(KEM, eaePrk, "shared_secret", context, 32);

    byte[] none = new byte[0];
    byte[] schedule =
        join(
            new byte[] {0},
            extract(suite(), none, "psk_id_hash", none),
            extract(suite(), none, "info_hash", info));
    byte[] prk = extract(suite(), secret, "secret", none);
    return (label, size) -> expand(suite(), prk, label, schedule, size);
  }

  private static byte[] agree(byte[] privateKey, byte[] publicKey) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("X25519");
    PrivateKey mine =
        factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey));
    byte[] bigEndian = new byte[32];
    for (int i = 0; i < 32; i++) {
      bigEndian[i] = publicKey[31 - i];
    }
    PublicKey theirs =
        factory.generatePublic(
            new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian)));
    KeyAgreement agreement = KeyAgreement.getInstance("X25519");
    agreement.init(mine);
    agreement.doPhase(theirs, true);
    return agreement.generateSecret();
  }

  private static byte[] extract(byte[] suite, byte[] salt, String label, byte[] material)
      throws GeneralSecurityException {
    byte[] key = salt.length == 0 ? new byte[32] : salt;
    return hmac(key, join(ascii("HPKE-v1"), suite, ascii(label), material));
  }

  private static byte[] expand(byte[] suite, byte[] prk, String label, byte[] info, int size)
      throws GeneralSecurityException {
    byte[] labelled =
        join(new byte[] {0, (byte) size}, ascii("HPKE-v1"), suite, ascii(label), info);
    return Arrays.copyOf(hmac(prk, join(labelled, new byte[] {1})), size);
  }

  private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(message);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
