package io.teex.manager.keys;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TaskId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Every key of the manager, derived from one root secret with HKDF-SHA256 and a label of its own,
 * so that none tells anything about another. The root is all that must survive a restart.
 */
public final class RootKeys {
  /** Size of the root and of every derived key. */
  public static final int KEY_BYTES = 32;

  private static final String LABEL = "TEEX manager 1 ";
  private static final String MAC = "HmacSHA256";

  private final byte[] pseudorandomKey;
  private final SigningKey signer;
  private final byte[] platformKey;
  private final byte[] seedKey;

  /**
   * @param root {@value #KEY_BYTES} random bytes
   */
  public RootKeys(SecretBytes root) {
    if (root.size() != KEY_BYTES) {
      throw new IllegalArgumentException(
          "expected a root of %d bytes, got %d".formatted(KEY_BYTES, root.size()));
    }
    pseudorandomKey = extract(root);
    try (SecretBytes signing = derive("signing key")) {
      signer = SigningKey.of(signing);
    }
    platformKey = expand("platform tag");
    seedKey = expand("task seed");
  }

  /** Signs node certificates and service keys; its account is the manager's name on chain. */
  public SigningKey signer() {
    return signer;
  }

  /** Tells platforms apart without telling which they are: equal for equal ids only. */
  public Bytes32 platformTag(Bytes platformId) {
    return Bytes32.of(mac(platformKey, platformId.copy()));
  }

  /** The random seed of a task: the same for all its attempts, and unknown before a release. */
  public SecretBytes seed(TaskId task) {
    return SecretBytes.copyOf(mac(seedKey, task.value().copy()));
  }

  /** The key of one TEE-DS shard in one epoch. */
  public SecretBytes storeKey(String shard, int epoch) {
    return derive("store %d ".formatted(epoch) + shard);
  }

  /** A key for wrapping other keys of one kind. */
  SecretBytes wrappingKey(String kind) {
    return derive("wrap " + kind);
  }

  private SecretBytes derive(String label) {
    byte[] key = expand(label);
    try {
      return SecretBytes.copyOf(key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private byte[] expand(String label) {
    byte[] info = (LABEL + label).getBytes(StandardCharsets.UTF_8);
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.expandOnly(
                  new SecretKeySpec(pseudorandomKey, MAC), info, KEY_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK always has HKDF-SHA256", e);
    }
  }

  private static byte[] extract(SecretBytes root) {
    byte[] secret = root.expose();
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(HKDFParameterSpec.ofExtract().addIKM(secret).extractOnly());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK always has HKDF-SHA256", e);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static byte[] mac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(new SecretKeySpec(key, MAC));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK always has " + MAC, e);
    }
  }

  @Override
  public String toString() {
    return "RootKeys[%s]".formatted(signer.address());
  }
}
