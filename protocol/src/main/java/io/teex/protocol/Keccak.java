package io.teex.protocol;

import org.bouncycastle.crypto.digests.KeccakDigest;

/** Keccak-256 as Ethereum uses it (the padding before SHA-3's). */
public final class Keccak {
  private Keccak() {}

  /** The hash of the concatenation of {@code parts}. */
  public static Bytes32 hash(byte[]... parts) {
    return Bytes32.owned(raw(parts));
  }

  /** The hash of the concatenation of {@code parts}. */
  public static Bytes32 hash(Bytes... parts) {
    return hash(Bytes.concat(parts).copy());
  }

  static byte[] raw(byte[]... parts) {
    KeccakDigest digest = new KeccakDigest(256);
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] hash = new byte[Bytes32.SIZE];
    digest.doFinal(hash, 0);
    return hash;
  }
}
