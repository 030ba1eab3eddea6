package io.teex.manager.catalogue;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes32;
import java.util.Set;

/**
 * What the chain tells of those who register. Every call may fail with {@code CHAIN_UNAVAILABLE}.
 */
public interface Listings {
  /** An image or a licence, by its digest, and who listed it. */
  record Listing(Address publisher, Bytes32 digest) {}

  /** Whether the account can pay for a listing: it holds ether. */
  boolean isFunded(Address account);

  /** The number of the newest block. */
  long newestBlock();

  /** What was listed in a block or later. */
  Set<Listing> since(long block);
}
