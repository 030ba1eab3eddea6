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
   * @param raw the signed transaction
   * @param hash that it is known by
   * @param tip and {@code feeMax}: what it offers per gas, in wei
   * @param gas the most that it may use
   */
  public record Version(Bytes raw, Bytes32 hash, BigInteger tip, BigInteger feeMax, long gas) {
    Fees fees() {
      return new Fees(tip, feeMax);
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

  Sent replacedBy(Version version) {
    List<Version> all = new ArrayList<>(versions);
    all.add(version);
    return new Sent(nonce, intent, all);
  }
}
