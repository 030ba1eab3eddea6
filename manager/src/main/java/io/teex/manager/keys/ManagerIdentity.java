package io.teex.manager.keys;

import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.Signed;
import io.teex.protocol.SigningKey;

/**
 * Who this manager is in one deployment: what it signs counts there only.
 *
 * @param epoch of the manager's key; certificates of another epoch do not count
 */
public record ManagerIdentity(Domain domain, SigningKey signer, long epoch) {
  /** The manager's name on chain. */
  public Address address() {
    return signer.address();
  }

  public <T extends Record> Signed<T> sign(T value) {
    return signer.sign(domain, value);
  }

  /** Whether this manager, and nobody else, signed. */
  public boolean signed(Signed<?> document) {
    return document.signer(domain).equals(address());
  }
}
