package io.teex.chain;

import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction that an account has signed and may have sent. All its versions have one nonce, so
 * at most one of them is ever executed.
 *
 * @param intent what it is for, if its sender may ask for the same thing again; empty otherwise
 * @param versions the first and its replacements, newest last
 */
public record Sent(long nonce, String intent, List<Version> versions) {
  /**
   * @param raw the signed transaction as it is sent, with its blobs if it has any; empty once it
   *     was replaced, since it is not sent again
   * @param hash that it is known by
   * @param tip {@code feeMax} and {@code blobFeeMax}: what it offers per gas, in wei; without blobs
   *     the last is zero
   * @param gas the most that it may use
   */
  public record Version(
      Bytes raw, Bytes32 hash, BigInteger tip, BigInteger feeMax, BigInteger blobFeeMax, long gas) {
    static Version of(Transaction.Raw raw, Fees fees, long gas) {
      return new Version(raw.bytes(), raw.hash(), fees.tip(), fees.max(), fees.blobMax(), gas);
    }

    Fees fees() {
      return new Fees(tip, feeMax, blobFeeMax);
    }

    private Version replaced() {
      return new Version(Bytes.EMPTY, hash, tip, feeMax, blobFeeMax, gas);
    }
  }

  public Sent {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a transaction without a version");
    }
  }

  Version newest() {
    return versions.getLast();
  }

  /** Transactions with blobs and without wait in pools that share no account. */
  boolean hasBlobs() {
    return newest().fees().hasBlobs();
  }

  Sent replacedBy(Version version) {
    List<Version> all = new ArrayList<>();
    versions.forEach(older -> all.add(older.replaced()));
    all.add(version);
    return new Sent(nonce, intent, all);
  }
}
