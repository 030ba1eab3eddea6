package io.teex.attestation;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The JDK's digests without the exception that no JDK throws. */
public final class Digests {
  public static final int SHA384_SIZE = 48;

  private Digests() {}

  public static MessageDigest sha256() {
    return of("SHA-256");
  }

  public static MessageDigest sha384() {
    return of("SHA-384");
  }

  public static MessageDigest sha512() {
    return of("SHA-512");
  }

  private static MessageDigest of(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }
}
