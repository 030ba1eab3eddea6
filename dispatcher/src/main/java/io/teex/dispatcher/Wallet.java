package io.teex.dispatcher;

import io.teex.protocol.Address;
import io.teex.protocol.Domain;
import io.teex.protocol.SigningKey;

/** The key that the dispatcher signs with, and where its signatures count. */
record Wallet(Domain domain, SigningKey signer) {
  Address address() {
    return signer.address();
  }
}
